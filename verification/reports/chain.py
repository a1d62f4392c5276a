"""Whether the log still says what it said: how far it is chained, and when and how that was last verified."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from verification.audit import log
from verification.audit.chain import Verification, verify_chain
from verification.audit.events import Actor, Event
from verification.audit.models import Entry, Link

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
class ChainStatus:
    """`head` is the hexadecimal digest of the last link, empty before the first."""

    entries: int
    chained: int
    head: str
    verified: Verified | None

    @property
    def unchained(self) -> int:
        return self.entries - self.chained


def chain_status() -> ChainStatus:
    last = Link.objects.order_by("-index").first()
    # Indices have no gaps, so the last one says how many there are without counting them.
    chained = last.index + 1 if last else 0
    return ChainStatus(Entry.objects.count(), chained, bytes(last.digest).hex() if last else "", last_verified())


def last_verified() -> Verified | None:
    entry = Entry.objects.filter(event=Event.LOG_VERIFIED.value).order_by("-at").first()
    if entry is None:
        return None
    facts = json.loads(entry.body)["facts"]
    return Verified(
        entry.at, entry.actor_kind, entry.actor_id, facts["result"], facts["entries"], facts["head"], facts["bad_index"]
    )


def verify(actor: Actor, *, seconds: float | None = None) -> Verification:
    """Verify the chain, for at most about `seconds`, and write into the log that it was done and what was found."""
    found = verify_chain(seconds=seconds)
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


def result_of(found: Verification) -> str:
    if not found:
        return BROKEN
    return HOLDS if found.complete else PARTLY
