"""The seniors' screens of worries: all of them, one with what was done, and who is on duty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from verification.access.models import User
from verification.access.roles import Permission
from verification.incidents import duty, handling, holds, listing
from verification.incidents.handling import AlreadyClosed, AlreadyTaken, InvalidText
from verification.incidents.limits import DUTY_FOR, HOLD_FOR, MAX_NOTE, MAX_REFERENCE
from verification.incidents.locking import NoSuchIncident
from verification.incidents.models import Incident

from . import incident_timeline, live, worry_words
from .middleware import by_itself
from .permission import needs, signed_in

_KEYS = [
    ("T", "Take it on, or over"),
    ("N", "Write what was done"),
    ("O", "Write the outside reference"),
    ("H", "Ask for a legal hold, or for its renewal"),
    ("A R", "Approve or refuse the hold that somebody else asked for"),
    ("L", "Let the pictures go"),
    ("1 – 5", "Outcome"),
    ("6 7", "Keep the pictures, or let them go, when it is closed"),
]


@needs(Permission.INCIDENT_HANDLE)
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    versions = live.versions(person, "worries")
    shift = duty.shift_of(person)
    context = {
        "versions": versions,
        "open": listing.open_incidents(),
        "closed": listing.closed_lately(),
        "shift": shift,
        "shift_ends": shift.began_at + DUTY_FOR if shift else None,
        "others_on_duty": [other for other in duty.on_duty() if other.pk != person.pk],
        "page_keys": [("O", "Open the worry that has waited longest"), ("D", "Go on duty, or off")],
    }
    return render(request, "incidents/list.html", context)


@needs(Permission.INCIDENT_HANDLE)
@require_safe
def incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """What was written about a person is read on the record, though not again when the page looks by itself."""
    if not by_itself(request):
        try:
            handling.note_reading(incident_id, signed_in(request))
        except NoSuchIncident:
            raise Http404 from None
    return _page(request, incident_id)


@needs(Permission.INCIDENT_HANDLE)
@require_POST
def take(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    over_from = _id(request.POST.get("over_from", ""))
    done = "It is yours now. Write down what you do."
    return _change(request, incident_id, lambda senior: handling.take(incident_id, senior, over_from=over_from), done)


@needs(Permission.INCIDENT_HANDLE)
@require_POST
def note(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """What was done, or the outside reference: each form sends its own field."""
    if "reference" in request.POST:
        reference = request.POST["reference"]
        done = "The outside reference is kept."
        return _change(
            request, incident_id, lambda senior: handling.set_reference(incident_id, senior, reference), done
        )
    text = request.POST.get("text", "")
    return _change(request, incident_id, lambda senior: handling.add_note(incident_id, senior, text), "Written down.")


@needs(Permission.INCIDENT_HANDLE)
@require_POST
def close(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    sent = {name: request.POST.get(name, "") for name in ("outcome", "hold", "note")}
    done = "Closed, with its outcome on record."
    return _change(
        request, incident_id, lambda senior: handling.close(incident_id, senior, **sent), done, then="incidents"
    )


@needs(Permission.INCIDENT_HANDLE)
@require_POST
def hold(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    done = "Asked for. The pictures are kept meanwhile; a second person has been told."
    return _change(request, incident_id, lambda senior: holds.ask_hold(incident_id, senior), done)


@needs(Permission.INCIDENT_HANDLE)
@require_POST
def on_duty(request: HttpRequest) -> HttpResponse:
    """On with `on`, off without."""
    person = signed_in(request)
    if request.POST.get("on"):
        duty.start(person)
        messages.success(request, "You are on duty. Worries reach you first.")
    else:
        duty.stop(person)
        messages.success(request, "You are off duty.")
    return redirect("incidents")


def _change(
    request: HttpRequest, incident_id: UUID, act: Callable[[User], object], done: str, *, then: str = ""
) -> HttpResponse:
    """One act, and back to the page with what came of it. What was written and cannot be kept is shown again."""
    try:
        act(signed_in(request))
    except NoSuchIncident:
        raise Http404 from None
    except InvalidText as invalid:
        return _page(request, incident_id, invalid.problems)
    except AlreadyTaken as taken:
        messages.error(request, f"{taken.by} has it. Nothing was changed.")
    except AlreadyClosed:
        messages.error(request, worry_words.CLOSED_ALREADY)
    except holds.AlreadyAsked:
        messages.info(request, worry_words.ASKED_ALREADY)
    except holds.NothingLeft:
        messages.error(request, worry_words.NOTHING_LEFT)
    else:
        messages.success(request, done)
        if then:
            return redirect(then)
    return redirect("incident", incident_id)


def _page(request: HttpRequest, incident_id: UUID, problems: dict[str, str] | None = None) -> HttpResponse:
    person = signed_in(request)
    # A form that came back has the address it was sent to, which cannot be looked at again.
    versions = {} if problems else live.versions(person, "worries")
    try:
        found = listing.detail(incident_id, person)
    except NoSuchIncident:
        raise Http404 from None
    context = {
        "versions": versions,
        "found": found,
        "mine": found.incident.taken_by_id == person.pk,
        "moments": incident_timeline.moments(found),
        "problems": problems or {},
        "sent": request.POST,
        "page_keys": _KEYS,
    } | _choices(request)
    return render(request, "incidents/incident.html", context, status=422 if problems else 200)


def _choices(request: HttpRequest) -> dict[str, Any]:
    chosen = request.POST.get("outcome")
    return {
        "outcomes": [
            (outcome.value, outcome.label, str(key), outcome.value == chosen)
            for key, outcome in enumerate(Incident.Outcome, start=1)
        ],
        "longest_note": MAX_NOTE,
        "longest_reference": MAX_REFERENCE,
        "hours": worry_words.HOURS,
        "days": HOLD_FOR.days,
    }


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
