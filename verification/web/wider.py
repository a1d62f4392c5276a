"""The page of those who agree to wider views: what waits for an answer, and what became of the last day's requests."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from verification import tasks
from verification.access.assignment import Refused
from verification.access.roles import Permission
from verification.wider import answers, waiting
from verification.wider.models import Tier, WiderView
from verification.wider.standing import NoSuchView

from . import live
from .denials import on_record
from .permission import needs, signed_in
from .wider_words import SHOWS, outcome

_KEYS = [("A", "Agree to the first request, after asking once more"), ("R", "Refuse the first request")]


@dataclass(frozen=True, slots=True)
class Card:
    """A waiting request with what its tier shows in words; `first` is the one that the keys answer."""

    waiting: waiting.Waiting
    shows: str
    first: bool


@needs(Permission.WIDER_APPROVE)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    return _page(request)


@needs(Permission.WIDER_APPROVE)
@require_POST
def answer(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """`answer` is `yes` or `no`; anything else changes nothing."""
    said = request.POST.get("answer", "")
    if said not in {"yes", "no"}:
        return _page(request, "Choose to agree or to refuse.", status=422)
    try:
        view = answers.answer(view_id, signed_in(request), approves=said == "yes", ring=tasks.ring_wider)
    except NoSuchView:
        raise Http404 from None
    except Refused as refused:
        on_record(request)
        own = refused.ruling.reason == "own_request"
        return _page(request, refused.ruling.sentence, status=403 if own else 409)
    messages.success(request, _said(view, agreed=said == "yes"))
    return redirect("wider")


def _said(view: WiderView, *, agreed: bool) -> str:
    if not agreed:
        return "You refused. The request is over, and nothing was drawn."
    if view.state == WiderView.State.APPROVED:
        return "You agreed. The asker can see it once, for a minute."
    return "You agreed. One more person must."


def _page(request: HttpRequest, problem: str = "", *, status: int = 200) -> HttpResponse:
    """The answer to a POST is no address that a page could ask for again, so it does not keep itself true."""
    versions = {} if problem else live.versions(signed_in(request), "wider")
    found = waiting.requests(signed_in(request))
    first = next((each for each in found if each.no), None)
    context = {
        "cards": [Card(each, SHOWS[Tier(each.view.tier)], each is first) for each in found],
        "past": [(each, outcome(each.view)) for each in waiting.past()],
        "problem": problem,
        "versions": versions,
        "page_keys": _KEYS,
    }
    return render(request, "wider/requests.html", context, status=status)
