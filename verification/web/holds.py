"""The screen of those who answer for legal holds: what waits for them, what is in force, and how others ended."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from verification.access.assignment import Refused, facts_about
from verification.access.roles import Permission
from verification.incidents import hold_ends, holds, listing
from verification.incidents.hold_ends import HoldOver
from verification.incidents.limits import HOLD_FOR
from verification.incidents.locking import NoSuchHold
from verification.incidents.models import LegalHold

from . import live, worry_words
from .denials import because
from .permission import needs, signed_in


@needs(Permission.HOLD_APPROVE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    versions = live.versions(person, "holds")
    waiting = listing.holds_waiting(person)
    context = {
        "versions": versions,
        "waiting": waiting,
        "first": next((each.hold.pk for each in waiting if each.ruling), None),
        "in_force": listing.holds_in_force(),
        "ended": [(hold, worry_words.ENDED[hold.state]) for hold in listing.holds_ended_lately()],
        "handles": Permission.INCIDENT_HANDLE in facts_about(person).permissions,
        "days": HOLD_FOR.days,
        "page_keys": [("A", "Approve the first that waits"), ("R", "Refuse the first that waits")],
    }
    return render(request, "incidents/holds.html", context)


@needs(Permission.HOLD_APPROVE)
@require_POST
def answer(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    said = request.POST.get("answer", "")
    if said not in {"yes", "no"}:
        messages.error(request, "Nothing was answered: choose to approve or to refuse.")
        return _back(request)
    try:
        answered = holds.answer_hold(hold_id, signed_in(request), approves=said == "yes")
    except NoSuchHold:
        raise Http404 from None
    except Refused as refused:
        because(request, refused.ruling.reason)
        messages.error(request, refused.ruling.sentence)
    except HoldOver as over:
        messages.error(request, worry_words.OVER[over.state])
    else:
        messages.success(request, _answered(answered))
    return _back(request)


@needs(Permission.INCIDENT_HANDLE)
@require_POST
def release(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    try:
        hold_ends.release(hold_id, signed_in(request))
    except NoSuchHold:
        raise Http404 from None
    except HoldOver as over:
        messages.error(request, worry_words.OVER[over.state])
    else:
        messages.success(request, "Released. Pictures that only the hold kept are destroyed within seconds.")
    return _back(request)


def _answered(hold: LegalHold) -> str:
    if hold.state == LegalHold.State.REFUSED:
        return "Refused. Pictures that only this request kept are destroyed within seconds."
    until = timezone.localtime(hold.until)
    return f"Approved. The pictures stay sealed until {until:%-d %b %Y, %H:%M}, unless a senior lets them go before."


def _back(request: HttpRequest) -> HttpResponse:
    """To the incident from which it was sent, else to the list."""
    incident = request.POST.get("incident", "")
    try:
        return redirect("incident", UUID(incident))
    except ValueError:
        return redirect("holds")
