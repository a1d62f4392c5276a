"""Erasures, and whether each has a receipt: an entry in the published log, which anybody can have proved to them."""

from __future__ import annotations

from dataclasses import dataclass

from verification.audit.events import Event
from verification.audit.models import Entry, SignedCheckpoint

from .models import Counted
from .query import row
from .window import Window

_PUBLISHED = """
SELECT COALESCE(sum(n), 0)::bigint FROM reports_hour
WHERE event = %(event)s AND hour >= %(start)s AND hour < %(end)s
"""


@dataclass(frozen=True, slots=True)
class Receipts:
    """Erasures of the window in every programme: those whose entry is under a signed checkpoint, and so provable, and
    those whose entry waits for one, a minute at most. `witnessed` says whether the counted log is countersigned."""

    published: int
    waiting: int
    witnessed: bool


def receipts(window: Window) -> Receipts:
    asked = {"event": Event.CASE_ERASED.value, "start": window.start, "end": window.end}
    (published,) = row(_PUBLISHED, asked)
    written = Entry.objects.filter(event=asked["event"], at__gte=window.start, at__lt=window.end).count()
    return Receipts(published, max(0, written - published), _witnessed())


def _witnessed() -> bool:
    counted = Counted.objects.filter(pk=1).first()
    seen = SignedCheckpoint.objects.filter(witnessed_at__isnull=False).order_by("-size").first()
    return counted is not None and seen is not None and seen.size >= counted.size
