"""Whether the log still says what it said, how far it is signed and witnessed, and what is wrong with either."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from verification.audit import log, nodes, records, verify_log
from verification.audit.anchors import Anchor
from verification.audit.events import Actor, Event
from verification.audit.models import Entry, SignedCheckpoint
from verification.audit.notes import VerifierKey

from .troubles import Trouble, troubles

HOLDS, BROKEN, PARTLY = "holds", "broken", "partly"


@dataclass(frozen=True, slots=True)
class Verified:
    """The last verification as the log remembers it. `result` is `holds`, `broken` or `partly` (time ran out)."""

    at: datetime
    actor_kind: str
    actor_id: str
    result: str
    entries: int
    head: str
    bad_index: int | None


@dataclass(frozen=True, slots=True)
class LogState:
    """`placed` of the `entries` have their place in the tree, `signed` a checkpoint, `witnessed` a countersigned one.

    `head` is the root over the placed ones in hexadecimal, empty before the first and where the tree is damaged.
    """

    entries: int
    placed: int
    head: str
    signed: int
    signed_at: datetime | None
    witnessed: int
    witnessed_at: datetime | None
    verified: Verified | None
    troubles: tuple[Trouble, ...]

    @property
    def waiting(self) -> int:
        return max(self.entries - self.placed, 0)


def log_state() -> LogState:
    placed = nodes.size()
    checkpoints = SignedCheckpoint.objects.order_by("-id")
    newest = checkpoints.first()
    seen = checkpoints.filter(witnessed_at__isnull=False).first()
    return LogState(
        entries=Entry.objects.count(),
        placed=placed,
        head=_head(placed),
        signed=newest.size if newest else 0,
        signed_at=newest.at if newest else None,
        witnessed=seen.size if seen else 0,
        witnessed_at=seen.witnessed_at if seen else None,
        verified=last_verified(),
        troubles=troubles(),
    )


def last_verified() -> Verified | None:
    entry = Entry.objects.filter(event=Event.LOG_VERIFIED.value).order_by("-at").first()
    if entry is None:
        return None
    facts = json.loads(entry.body)["facts"]
    return Verified(
        entry.at, entry.actor_kind, entry.actor_id, facts["result"], facts["entries"], facts["head"], facts["bad_index"]
    )


def verify(actor: Actor, *, seconds: float | None = None) -> verify_log.Found:
    """Verify the log, for at most about `seconds`, and write into it that it was done and what was found."""
    found = walk(seconds=seconds)
    with transaction.atomic():
        log.record(
            Event.LOG_VERIFIED,
            actor=actor,
            result=result_of(found),
            entries=found.entries,
            head=found.head,
            bad_index=found.bad_index,
        )
    return found


def walk(*, seconds: float | None = None) -> verify_log.Found:
    """What the verifier says of the database as it is, held against what was published to the anchors."""
    keys = records.keys()
    anchors = verify_log.read_anchors(_anchors(), keys)
    return verify_log.verify(records.records(), keys, anchors, seconds=seconds, published=False)


def result_of(found: verify_log.Found) -> str:
    if not found:
        return BROKEN
    return HOLDS if found.complete else PARTLY


def _anchors() -> list[Path]:
    if not settings.LOG_VERIFIER_KEY:
        return []
    key = VerifierKey.parse(settings.LOG_VERIFIER_KEY)
    return [place for root in settings.ANCHOR_DIRS if (place := Anchor(root, key).directory).is_dir()]


def _head(size: int) -> str:
    try:
        return nodes.head(size).hex() if size else ""
    except nodes.Damaged:
        return ""
