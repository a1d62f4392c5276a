"""A person's notices: what waits for them, where it is handled, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from verification.notices import board
from verification.notices.models import Notice

from . import live
from .permission import signed_in

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of notice says, and the name of the page where it is handled; empty for one that only informs.

    `of_its_own` says that the page is about the notice's subject and has its id in the address. Whoever builds a page
    puts its name here.
    """

    sentence: str
    place: str = ""
    of_its_own: bool = False


_WORDS: dict[Notice.Kind, Words] = {
    Notice.Kind.WIDER_ASKED: Words(
        "A colleague asks to see more than a face. It needs an answer within minutes.", "wider"
    ),
    Notice.Kind.WIDER_ANSWERED: Words("Your request to see more than a face is answered.", "review"),
    Notice.Kind.INCIDENT_RAISED: Words(
        "A reviewer is worried about a person. Somebody must take it on now.", "incident", of_its_own=True
    ),
    Notice.Kind.HOLD_ASKED: Words("A legal hold needs a second person’s word.", "holds"),
    Notice.Kind.HOLD_ENDING: Words(
        "A legal hold is about to end. Renew it, or let the pictures be destroyed.", "holds"
    ),
    Notice.Kind.HANDED_OVER: Words("A colleague handed a case over to you. It is the next one that you get.", "review"),
    Notice.Kind.CASE_BACK: Words("A case that you put aside is back. It is kept for you for five minutes.", "review"),
    Notice.Kind.ADJUDICATION: Words("Reviewers differ about a case. It waits for a senior’s word.", "review"),
    Notice.Kind.QUEUE_OVERDUE: Words("Cases in the queue are past their time.", "queue-health"),
    Notice.Kind.MONTHLY_REPORTS: Words("The reports of a month are made.", "reports-monthly"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One notice in words."""

    notice: Notice
    sentence: str
    place: str


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    context = {
        "versions": live.versions(person, "notices"),
        "shown": [_shown(notice) for notice in board.all_for(person)[:_SHOWN]],
        "page_keys": [("A", "Mark all as read")],
    }
    return render(request, "notices/list.html", context)


@require_POST
def open_(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Read from now on, and on to where it is handled."""
    notice = board.mark_read(signed_in(request), notice_id)
    if notice is None:
        raise Http404
    words = _WORDS[Notice.Kind(notice.kind)]
    return redirect(words.place or "notices", *([notice.subject] if words.of_its_own else []))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    if not board.mark_all_read(signed_in(request)):
        messages.info(request, "Every notice was read already.")
    return redirect("notices")


def _shown(notice: Notice) -> Shown:
    words = _WORDS[Notice.Kind(notice.kind)]
    return Shown(notice, words.sentence, words.place)
