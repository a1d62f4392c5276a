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

from django.db import connection, transaction

from .models import Entry, Link

GENESIS = bytes(32)
_LOCK = 0x617564  # "aud"
_BATCH = 5_000

_READY = """
SELECT entry.id, entry.body
FROM audit_entry AS entry
LEFT JOIN audit_link AS link ON link.entry_id = entry.id
WHERE link.entry_id IS NULL
  AND entry.xid < pg_snapshot_xmin(pg_current_snapshot())
  AND entry.xid >= COALESCE((SELECT last.xid FROM audit_entry AS last WHERE last.id =
        (SELECT entry_id FROM audit_link ORDER BY index DESC LIMIT 1)), '0'::xid8)
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
    for link, entry in _pairs():
        if ends is not None and count and count % _BATCH == 0 and time.monotonic() > ends:
            return Verification(count, unchained, digest.hex(), complete=False)
        problem = _problem(link, entry, count, digest)
        if problem:
            return Verification(count, unchained, digest.hex(), count, problem)
        digest = bytes(link.digest)
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


def _pairs() -> Iterator[tuple[Link, Entry | None]]:
    """Links in order, each with its entry, in batches so that memory stays flat."""
    after = -1
    while batch := list(Link.objects.filter(index__gt=after).order_by("index")[:_BATCH]):
        entries = Entry.objects.in_bulk([link.entry_id for link in batch])
        yield from ((link, entries.get(link.entry_id)) for link in batch)
        after = batch[-1].index


def _problem(link: Link, entry: Entry | None, index: int, previous: bytes) -> str:
    if link.index != index:
        return f"link {index} is missing"
    if entry is None:
        return f"entry {link.entry_id} is missing"
    if chained(previous, entry.body) != bytes(link.digest):
        return f"entry {entry.id} or its place was changed"
    if _columns(entry) != _columns_of(entry.body):
        return f"entry {entry.id}: its columns do not say what its body says"
    return ""


def _columns(entry: Entry) -> tuple[str, ...]:
    at = entry.at.isoformat(timespec="microseconds")
    return entry.event, entry.actor_kind, entry.actor_id, str(entry.case_id), at


def _columns_of(body: str) -> tuple[str, ...]:
    said = json.loads(body)
    return said["event"], said["actor"]["kind"], said["actor"]["id"], str(said["case"]), said["at"]
