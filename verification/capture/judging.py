"""Whether an upload can be the answer to its challenge. What cannot is refused before a byte of it is decoded.

Signs of an injected recording are logged and use the challenge up, so that nobody can try an answer twice. A page that
is merely behind (another tab drew a newer challenge) is refused without suspicion.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import F

from verification.audit import log
from verification.audit.events import SUBJECT, Event

from .doors import SECRET_CHARACTERS, digest_of
from .models import CaptureSession, Challenge

# The page shows each step by its own clock, which began a network round trip after the server's.
SLACK_MS = 1_500
MAX_TIMINGS_CHARACTERS = 4_000
# Beyond these a session has said what it is, and the log need not hear each further one.
MAX_SUSPICIONS = 20


class AnswerRefusal(StrEnum):
    """Codes for the page; never reused for another cause."""

    NONCE_UNKNOWN = "nonce_unknown"
    NONCE_USED = "nonce_used"
    NONCE_REPLACED = "nonce_replaced"
    TOO_LATE = "too_late"
    TOO_EARLY = "too_early"
    TIMINGS_UNREADABLE = "timings_unreadable"
    STEPS_REORDERED = "steps_reordered"
    STEPS_OUT_OF_TIME = "steps_out_of_time"


SENTENCES: dict[AnswerRefusal, str] = {
    AnswerRefusal.NONCE_UNKNOWN: "This recording does not belong to this session.",
    AnswerRefusal.NONCE_USED: "These instructions were answered already. Start again to get new ones.",
    AnswerRefusal.NONCE_REPLACED: "Newer instructions were given since. Go on in the newest window.",
    AnswerRefusal.TOO_LATE: "The recording came too late for its instructions. Start again to get new ones.",
    AnswerRefusal.TOO_EARLY: "The recording came before its instructions could be followed.",
    AnswerRefusal.TIMINGS_UNREADABLE: "The times of the recording could not be read.",
    AnswerRefusal.STEPS_REORDERED: "The recording follows other instructions than the ones that were given.",
    AnswerRefusal.STEPS_OUT_OF_TIME: "The instructions were not shown when they should have been.",
}


class AnswerRefused(Exception):
    """An upload was not taken; nothing of it is stored."""

    def __init__(self, code: AnswerRefusal) -> None:
        super().__init__(code.value)
        self.code = code

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]


@dataclass(frozen=True, slots=True)
class Timings:
    """By the page's clock, in milliseconds from the answer that brought the challenge."""

    recorder_started_ms: int
    shown: tuple[tuple[str, int], ...]

    @classmethod
    def of_text(cls, text: str) -> Timings:
        """Raises `AnswerRefused`."""
        try:
            return cls._read(json.loads(text)) if len(text) <= MAX_TIMINGS_CHARACTERS else cls._read(None)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise AnswerRefused(AnswerRefusal.TIMINGS_UNREADABLE) from None

    @classmethod
    def _read(cls, said: Any) -> Timings:
        shown = tuple((_text(each["step"]), _milliseconds(each["at_ms"])) for each in said["shown"])
        return cls(_milliseconds(said["recorder_started_ms"]), shown)

    def as_facts(self) -> dict[str, Any]:
        shown = [{"step": step, "at_ms": at} for step, at in self.shown]
        return {"recorder_started_ms": self.recorder_started_ms, "shown": shown}


def challenge_for(session: CaptureSession, nonce: str) -> Challenge:
    """The session's own challenge of this nonce, used or not. Raises `AnswerRefused` for unknown and foreign ones."""
    challenge = session.challenges.filter(nonce_digest=digest_of(nonce)).first() if _may_be_nonce(nonce) else None
    if challenge is None:
        foreign = Challenge.objects.filter(nonce_digest=digest_of(nonce)).exists()
        suspect(session, session.attempts, "nonce_foreign" if foreign else AnswerRefusal.NONCE_UNKNOWN)
        raise AnswerRefused(AnswerRefusal.NONCE_UNKNOWN)
    return challenge


def insist_answer_fits(session: CaptureSession, challenge: Challenge, timings: Timings, now: datetime) -> None:
    """Raises `AnswerRefused` for an answer that comes out of turn, out of time or out of order."""
    if challenge.attempt != session.attempts:
        raise AnswerRefused(AnswerRefusal.NONCE_REPLACED)
    found = _what_is_wrong(challenge, timings, now)
    if found is None:
        return
    refused = challenge.facts | {"refused": found.value}
    Challenge.objects.filter(pk=challenge.pk, used_at__isnull=True).update(used_at=now, facts=refused)
    suspect(session, challenge.attempt, found)
    raise AnswerRefused(found)


@transaction.atomic
def suspect(session: CaptureSession, attempt: int, reason: str) -> None:
    """Count and log a sign of an injection; a flood of them is counted up to a bound, and logged no further."""
    few = CaptureSession.objects.filter(pk=session.pk, suspicions__lt=MAX_SUSPICIONS)
    if few.update(suspicions=F("suspicions") + 1, refusal=str(reason)):
        log.record(
            Event.INJECTION_SUSPECTED, actor=SUBJECT, case_id=session.case_id,
            attempt=attempt, reason=str(reason),
        )  # fmt: skip


def _what_is_wrong(challenge: Challenge, timings: Timings, now: datetime) -> AnswerRefusal | None:
    if challenge.used_at is not None:
        return AnswerRefusal.NONCE_USED
    if now > challenge.deadline_at:
        return AnswerRefusal.TOO_LATE
    # Nobody can have filmed the last step before it was shown: such a clip was made of something else.
    if now < challenge.drawn_at + timedelta(milliseconds=challenge.steps[-1]["to_ms"]):
        return AnswerRefusal.TOO_EARLY
    if [step for step, _ in timings.shown] != [step["step"] for step in challenge.steps]:
        return AnswerRefusal.STEPS_REORDERED
    return None if _in_time(challenge, timings) else AnswerRefusal.STEPS_OUT_OF_TIME


def _in_time(challenge: Challenge, timings: Timings) -> bool:
    times = [at for _, at in timings.shown]
    near = all(
        window["from_ms"] - SLACK_MS <= at <= window["to_ms"] + SLACK_MS
        for window, at in zip(challenge.steps, times, strict=True)
    )
    ordered = all(one < other for one, other in pairwise(times))
    return near and ordered and timings.recorder_started_ms <= challenge.steps[0]["to_ms"] + SLACK_MS


def _may_be_nonce(nonce: str) -> bool:
    return len(nonce) == SECRET_CHARACTERS


def _milliseconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -60_000 <= value <= 600_000:
        raise ValueError("not a time")
    return round(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
