"""What was asked of a person and what their device claimed: from the tables of the capture session to plain facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from verification.capture.judging import AnswerRefusal
from verification.capture.models import CaptureSession, Challenge

from .challenge_facts import ChallengeFacts, DeviceFacts, steps_from


def challenge_of(case_id: UUID) -> ChallengeFacts:
    """The challenge whose answer was taken. Raises `Challenge.DoesNotExist` for a case without a capture."""
    answered = Challenge.objects.select_related("session__case__programme")
    challenge = answered.get(session__case_id=case_id, answer_digest__isnull=False)
    facts, session = challenge.facts, challenge.session
    return ChallengeFacts(
        steps=steps_from(challenge.steps),
        attempt=challenge.attempt,
        recorder_started_ms=max(0, facts["timings"]["recorder_started_ms"]),
        nonce_fresh=not _tried_something(session),
        seen_before=facts["seen_before"],
        device=DeviceFacts(**facts["device"]),
        voice=session.asks_voice,
        locale=session.locale,
    )


def keep_evidence(case_id: UUID, evidence: Mapping[str, Any]) -> None:
    """What the checks measured of each step, numbers only, beside what was asked."""
    challenge = Challenge.objects.filter(session__case_id=case_id, answer_digest__isnull=False).first()
    if challenge is not None:
        challenge.facts |= {"evidence": dict(evidence)}
        challenge.save(update_fields=["facts"])


def best_moment(case_id: UUID) -> int | None:
    """When in its clip a capture's best frame was taken, in ms; None for cases whose checks did not get so far."""
    answered = Challenge.objects.filter(session__case_id=case_id, answer_digest__isnull=False)
    kept: dict[str, Any] = answered.values_list("facts__evidence", flat=True).first() or {}
    return kept.get("best_ms")


def _tried_something(session: CaptureSession) -> bool:
    """Whether an earlier upload of the session was refused as an injection; to be merely late is no sign of one."""
    late = session.challenges.filter(facts__refused=AnswerRefusal.TOO_LATE.value).count()
    return session.suspicions > late
