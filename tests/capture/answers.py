"""Answering a challenge as the page does, at the server's time that an honest page would need."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import time_machine
from django.utils import timezone

from tests.factories import Invited
from tests.intake.clip_files import clip
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.capture.challenges import Drawn, draw
from verification.capture.models import CaptureSession
from verification.intake.clips import Upload, receive

DEVICE = {"label_is_virtual": False, "width": 640, "height": 480, "frame_rate": 30}


@cache
def a_clip(start: int = 0) -> bytes:
    """Two seconds of a moving disc; another `start` is another clip."""
    return clip(shows=tuple(range(start, start + 50)))


def shown_in_time(drawn: Drawn) -> list[dict[str, Any]]:
    return [{"step": step["step"], "at_ms": step["from_ms"] + 20} for step in drawn.steps]


def an_upload(drawn: Drawn, *, data: bytes | None = None, **changes: Any) -> Upload:
    timings = {"recorder_started_ms": 40, "shown": shown_in_time(drawn)} | changes
    return Upload(drawn.nonce, a_clip() if data is None else data, json.dumps(timings))


def drawn_for(invited: Invited) -> Drawn:
    return draw(reread(invited), DEVICE)


def reread(invited: Invited) -> CaptureSession:
    """The session as the next request would read it."""
    return CaptureSession.objects.select_related("case__programme").get(pk=invited.session.pk)


def send(invited: Invited, upload: Upload, *, after_ms: int = 8_000) -> bool:
    """Send so many milliseconds from now, by the server's clock."""
    with time_machine.travel(later(milliseconds=after_ms), tick=True):
        return receive(reread(invited), upload)


def later(**by: float) -> datetime:
    return timezone.now() + timedelta(**by)


def suspicions() -> list[str]:
    bodies = Entry.objects.filter(event=Event.INJECTION_SUSPECTED).order_by("id").values_list("body", flat=True)
    return [json.loads(body)["facts"]["reason"] for body in bodies]
