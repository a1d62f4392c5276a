"""The sequencer and the verifier of the chain.

Order. PostgreSQL stamps each entry with its transaction's number (`xid`, a column that only this file knows). Entries
whose transaction number lies below the oldest one still running can no longer be joined by an earlier entry, so they
are chained in (xid, id) order, gap-free, by whoever holds the advisory lock. Writers never wait for each other.

What the chain proves: no chained entry was edited, removed, inserted or moved without changing every digest after it.
What it does not prove yet: that its owner did not rewrite the whole of it. That takes a signature and a witness.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from .models import Entry, Link

GENESIS = bytes(32)
_LOCK = 0x617564  # "aud"
_BATCH = 5_000

_READY = """
WITH last AS MATERIALIZED (
    SELECT xid, id FROM audit_entry WHERE id = (SELECT entry_id FROM audit_link ORDER BY index DESC LIMIT 1)
)
SELECT entry.id, entry.body
FROM audit_entry AS entry
LEFT JOIN audit_link AS link ON link.entry_id = entry.id
WHERE link.entry_id IS NULL
  AND entry.xid < pg_snapshot_xmin(pg_current_snapshot())
  AND (entry.xid, entry.id) > (COALESCE((SELECT xid FROM last), '0'::xid8), COALESCE((SELECT id FROM last), 0))
ORDER BY entry.xid, entry.id
LIMIT %s
"""


def chained(previous: bytes, body: str) -> bytes:
    """The digest of a link (32 bytes) from the one before it and the entry's canonical JSON."""
    return hashlib.sha256(previous + hashlib.sha256(body.encode()).digest()).digest()


@transaction.atomic
def extend_chain() -> int:
    """Give every settled entry its place. Returns how many were chained; 0 when another sequencer is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        (ours,) = cursor.fetchone()
        if not ours:
            return 0
        cursor.execute(_READY, [_BATCH])
        ready = cursor.fetchall()
    Link.objects.bulk_create(_links(ready), batch_size=1_000)
    return len(ready)


def _links(ready: list[tuple[int, str]]) -> list[Link]:
    last = Link.objects.order_by("-index").first()
    index, digest = (last.index + 1, bytes(last.digest)) if last else (0, GENESIS)
    links = []
    for offset, (entry_id, body) in enumerate(ready):
        digest = chained(digest, body)
        links.append(Link(index=index + offset, entry_id=entry_id, digest=digest))
    return links


# An entry that no link names, although entries of later transactions are chained already.
_STRAY = """
SELECT entry.id FROM audit_entry AS entry
LEFT JOIN audit_link AS link ON link.entry_id = entry.id
WHERE link.entry_id IS NULL
  AND entry.xid < (SELECT last.xid FROM audit_entry AS last WHERE last.id =
        (SELECT entry_id FROM audit_link ORDER BY index DESC LIMIT 1))
ORDER BY entry.id LIMIT 1
"""


# Plain rows, not models: a log of a million entries is verified within the minute.
_PAIRS = """
SELECT link.index, link.digest, link.entry_id,
       entry.body, entry.event, entry.actor_kind, entry.actor_id, entry.case_id, entry.at
FROM audit_link AS link LEFT JOIN audit_entry AS entry ON entry.id = link.entry_id
WHERE link.index > %s ORDER BY link.index LIMIT %s
"""


class _Pair(NamedTuple):
    """A link and its entry; `body` and what follows are None when there is no such entry."""

    place: int
    digest: bytes
    entry_id: int
    body: str | None
    event: str
    actor_kind: str
    actor_id: str
    case_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify_chain` found: how many links hold from the first on, and the digest of the last of them.

    `bad_index` is the first link that does not hold, with the reason in words. `complete` is false when time ran out
    before the end; what was not reached is then unknown.
    """

    entries: int
    unchained: int
    head: str
    bad_index: int | None = None
    reason: str = ""
    complete: bool = True

    def __bool__(self) -> bool:
        return self.bad_index is None


def verify_chain(*, seconds: float | None = None) -> Verification:
    """Recompute every digest from the first link on, and hold each entry's columns against its body.

    With `seconds` the walk stops after about that long (looked at once in a batch of 5,000 links).
    """
    ends = time.monotonic() + seconds if seconds is not None else None
    digest, count = GENESIS, 0
    unchained = Entry.objects.count() - Link.objects.count()
    for pair in _pairs():
        if ends is not None and count and count % _BATCH == 0 and time.monotonic() > ends:
            return Verification(count, unchained, digest.hex(), complete=False)
        problem = _problem(pair, count, digest)
        if problem:
            return Verification(count, unchained, digest.hex(), count, problem)
        digest = pair.digest
        count += 1
    stray = _stray()
    if stray is not None:
        return Verification(count, unchained, digest.hex(), count, f"entry {stray} was put in behind the chain")
    return Verification(count, unchained, digest.hex())


def _stray() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_STRAY)
        row = cursor.fetchone()
    return row[0] if row else None


def _pairs() -> Iterator[_Pair]:
    """Links in order, each with its entry, in batches so that memory stays flat."""
    after = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_PAIRS, [after, _BATCH])
            batch = [_Pair(*row) for row in cursor.fetchall()]
        if not batch:
            return
        yield from batch
        after = batch[-1].place


def _problem(pair: _Pair, index: int, previous: bytes) -> str:
    if pair.place != index:
        return f"link {index} is missing"
    if pair.body is None:
        return f"entry {pair.entry_id} is missing"
    if chained(previous, pair.body) != pair.digest:
        return f"entry {pair.entry_id} or its place was changed"
    if _columns(pair) != _columns_of(pair.body):
        return f"entry {pair.entry_id}: its columns do not say what its body says"
    return ""


def _columns(pair: _Pair) -> tuple[str, ...]:
    at = pair.at.astimezone(UTC).isoformat(timespec="microseconds")
    return pair.event, pair.actor_kind, pair.actor_id, str(pair.case_id), at


def _columns_of(body: str) -> tuple[str, ...]:
    said = json.loads(body)
    return said["event"], said["actor"]["kind"], said["actor"]["id"], str(said["case"]), said["at"]
