"""Drawing a challenge at the moment the camera starts: three steps nobody could know before, and a nonce good once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from verification.audit import log
from verification.audit.events import SUBJECT, Event

from .consents import agreed
from .doors import Closed, digest_of, insist_open
from .models import CaptureSession, Challenge

MAX_ATTEMPTS = 3
STEPS_DRAWN = 3
DIGITS = 4
# From the last step to the last byte of the upload, over a slow connection and with retries.
UPLOAD_WITHIN = timedelta(seconds=60)
_LONGEST_SIDE = 16_384
_MOST_FRAMES = 1_000

_random = secrets.SystemRandom()


class Step(StrEnum):
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    LOOK_UP = "look_up"
    BLINK_TWICE = "blink_twice"
    OPEN_MOUTH = "open_mouth"
    SAY_DIGITS = "say_digits"


# Saying four digits takes longer than a movement.
_SHARE = {step: 3 if step is Step.SAY_DIGITS else 2 for step in Step}
_MOVEMENTS: list[Step] = [step for step in Step if step is not Step.SAY_DIGITS]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the page needs, once: times are milliseconds from the drawing, `deadline_ms` that of the upload's end."""

    nonce: str
    steps: list[dict[str, Any]]
    total_ms: int
    region: str
    deadline_ms: int


def draw(session: CaptureSession, device: Mapping[str, Any]) -> Drawn:
    """Draw the next challenge. `device` is what the page says of the camera.

    Raises `Closed`: why the session does not go on, `no_consent`, or `no_attempts_left`.
    """
    insist_open(session)
    if session.chosen != CaptureSession.Choice.CAMERA or not agreed(session):
        raise Closed("no_consent")
    programme = session.case.programme
    total = programme.challenge_seconds * 1000
    steps = _windows(_steps(voice=session.asks_voice), total)
    nonce = secrets.token_urlsafe(32)
    now = timezone.now()
    deadline = now + timedelta(milliseconds=total) + UPLOAD_WITHIN
    _record(session, Challenge(steps=steps, drawn_at=now, deadline_at=deadline, nonce_digest=digest_of(nonce)), device)
    return Drawn(nonce, steps, total, programme.capture_region, int((deadline - now).total_seconds() * 1000))


@transaction.atomic
def _record(session: CaptureSession, challenge: Challenge, device: Mapping[str, Any]) -> None:
    """Each attempt is counted by one conditional UPDATE, so that two tabs cannot draw more than there are."""
    open_ = CaptureSession.objects.filter(pk=session.pk, ended_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
    if not open_.update(attempts=F("attempts") + 1):
        raise Closed("no_attempts_left")
    session.refresh_from_db(fields=["attempts"])
    challenge.session, challenge.attempt, challenge.facts = session, session.attempts, {"device": read_device(device)}
    challenge.save(force_insert=True)
    log.record(Event.CHALLENGE_DRAWN, actor=SUBJECT, case_id=session.case_id, attempt=session.attempts)


def attempts_left(session: CaptureSession) -> int:
    return max(0, MAX_ATTEMPTS - session.attempts)


def still_answerable(session: CaptureSession, now: datetime | None = None) -> bool:
    """Whether an answer to a challenge drawn in time may still come, also after the session's own time."""
    return session.challenges.filter(used_at__isnull=True, deadline_at__gt=now or timezone.now()).exists()


def read_device(said: Mapping[str, Any]) -> dict[str, Any]:
    """The few facts that are kept, each only if it is what it should be. No name of a device is among them."""
    numbers = (("width", _LONGEST_SIDE), ("height", _LONGEST_SIDE), ("frame_rate", _MOST_FRAMES))
    kept: dict[str, Any] = {"label_is_virtual": said.get("label_is_virtual") is True}
    for name, most in numbers:
        value = said.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most:
            kept[name] = round(value)
    return kept


def _steps(*, voice: bool) -> list[Step]:
    """Different steps in a random order; with the voice, saying digits is always one of them."""
    drawn: list[Step] = _random.sample(_MOVEMENTS, STEPS_DRAWN - 1 if voice else STEPS_DRAWN)
    drawn += [Step.SAY_DIGITS] if voice else []
    _random.shuffle(drawn)
    return drawn


def _windows(steps: list[Step], total: int) -> list[dict[str, Any]]:
    """One window after the other, without gaps, from 0 to `total` milliseconds."""
    whole = sum(_SHARE[step] for step in steps)
    windows: list[dict[str, Any]] = []
    passed = 0
    for step in steps:
        begin, passed = total * passed // whole, passed + _SHARE[step]
        window = {"step": step.value, "from_ms": begin, "to_ms": total * passed // whole}
        windows.append(window | ({"digits": _digits()} if step is Step.SAY_DIGITS else {}))
    return windows


def _digits() -> str:
    return "".join(_random.choice("0123456789") for _ in range(DIGITS))
