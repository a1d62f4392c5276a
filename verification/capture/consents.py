"""What the person is told, and what they agree to: one scope at a time, none taken for granted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import SUBJECT, Event
from verification.cases.models import Case, Programme
from verification.cases.scopes import REQUIRED, Scope
from verification.cases.states import CaseStatus

from .doors import Closed, insist_open
from .models import CaptureSession

# The fixed sentences of the notice, in all languages together; a change of their meaning is a new number.
WORDS = "capture-2"


class ScopesMissing(ValueError):
    """Without the required scopes nothing may be filmed. Nothing was recorded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One tick on the page."""

    name: str
    required: bool
    given: bool


def notice_version(programme: Programme) -> str:
    """Names the words a person was shown: the fixed sentences, and the programme's own as they stand now."""
    return f"{WORDS}.{programme.notice_number}"


def asked(session: CaptureSession) -> list[Asked]:
    """The scopes this programme asks for, in order; the voice only where it is asked for."""
    programme = session.case.programme
    scopes = [scope for scope in Scope if scope is not Scope.VOICE or programme.asks_voice]
    return [Asked(scope.value, scope in REQUIRED, scope.value in session.consents) for scope in scopes]


@transaction.atomic
def give(session: CaptureSession, scopes: list[str]) -> None:
    """Record what was ticked, in place of what had been ticked before. Raises `ScopesMissing`, `Closed`."""
    insist_open(session)
    given = [each.name for each in asked(session) if each.name in scopes]
    if not set(given) >= REQUIRED:
        raise ScopesMissing
    now = timezone.now().isoformat(timespec="milliseconds")
    version = notice_version(session.case.programme)
    session.consents = {scope: session.consents.get(scope, now) for scope in given}
    session.notice_version = version
    # A receipt never stands beside a case that has moved on: the case's row decides.
    waiting = Case.objects.filter(pk=session.case_id, status=CaseStatus.AWAITING_CAPTURE.value)
    if not waiting.update(scopes=sorted(given), notice_version=version):
        raise Closed("ended")
    session.save(update_fields=["consents", "notice_version"])
    log.record(
        Event.CONSENT_GIVEN, actor=SUBJECT, case_id=session.case_id,
        notice_version=version, scopes=sorted(given),
    )  # fmt: skip


def agreed(session: CaptureSession) -> bool:
    """Whether the camera may start."""
    return set(session.consents) >= REQUIRED
