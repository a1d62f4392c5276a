"""After sending: what happens now, what is held and who looked; taking consent back and erasing, one tap each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect

from verification.audit.events import SUBJECT
from verification.capture import consents
from verification.capture.models import CaptureSession
from verification.retention.erase import erase_case, withdraw_case
from verification.retention.schedule import held_until
from verification.subject.held import held_about

from .answers import page
from .guard import let_go, with_session


@with_session("GET")
def status(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """Screen 5."""
    return page(request, "status", session, case=held_about(session.case))


@with_session("GET", json=True)
def status_json(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """The same for the page's script, which asks again and again."""
    held = held_about(session.case)
    return JsonResponse({"status": held.status, "state": held.state, "outcome": held.outcome})


@with_session("GET")
def mine(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    held = held_about(session.case)
    return page(
        request, "mine", session, case=held, scopes=consents.asked(session),
        may_withdraw=held.may_withdraw, may_erase=held.may_erase,
    )  # fmt: skip


@with_session("POST")
def withdraw(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """One tap. Withdrawing twice is withdrawing once."""
    withdraw_case(session.case_id, actor=SUBJECT)
    return redirect("capture-mine")


@with_session("POST")
def erase(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """One tap. With everything else the way back is gone, so the browser forgets its cookie too."""
    erase_case(session.case_id, actor=SUBJECT)
    session.case.refresh_from_db()
    kept = held_until(session.case)
    return let_go(page(request, "ended", session, end="erased", code="erased", kept_until=kept))
