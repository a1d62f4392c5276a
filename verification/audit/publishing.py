"""Checkpoints: signed outside the web process, countersigned by the witness, and written to the anchors.

Before anything is signed, the entries that came since the last published checkpoint are hashed again from their text,
and the tree that they make must begin with the published one. What was published is asked of every anchor and of the
database, so that a database that was rolled back, or rewritten and made consistent, is not signed for.

Nobody waits for any of this: what fails is said by `watches`, and the service goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from . import nodes, sequencer, tree, watches
from .anchors import Anchor, AnchorFailed
from .checkpoint import BadCheckpoint, Checkpoint, opened
from .models import Entry, SignedCheckpoint, Watch
from .notes import BadNote, SigningKey, VerifierKey
from .witness_client import WitnessAhead, WitnessAway, WitnessClient, WitnessRefused

logger = structlog.get_logger(__name__)

# New entries wait at most this long for a checkpoint, and a witness that was away is asked again this often.
INTERVAL = timedelta(seconds=30)
# The clocks of this machine and of the witness should agree to within this many seconds.
CLOCK_TOLERANCE = 120
# A log of which much was never published (an upgrade) is signed for in steps, so that a sweep does not take minutes.
MOST = 50_000
_LOCK = 0x746C6F67  # "tlog"
_BATCH = 5_000

_BODIES = """
SELECT leaf.hash, entry.body FROM audit_leaf AS leaf LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry_id
WHERE leaf.index >= %s AND leaf.index < %s ORDER BY leaf.index
"""


class NotSigned(RuntimeError):
    """The log is not what was published, so nothing is signed. `problem` is the code for `watches`."""

    def __init__(self, problem: str, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = problem


def place() -> int:
    """The sequencer's step of a sweep: an order that was lost is said, and does not stop the sweep."""
    try:
        placed = sequencer.place_entries()
    except sequencer.OrderLost:
        watches.say(Watch.Part.ORDER, "restored")
        return 0
    watches.say(Watch.Part.ORDER)
    return placed


def waiting() -> bool:
    """Whether there is an entry without its place."""
    return Entry.objects.count() > nodes.size()


def publish(*, now: datetime | None = None, at_once: bool = False) -> int:
    """Publish a checkpoint when one is due; `at_once` does not wait for `INTERVAL`. Returns how many: 0 or 1."""
    if not settings.LOG_PRIVATE_KEY:
        return 0
    key = SigningKey.parse(settings.LOG_PRIVATE_KEY)
    try:
        published = _publish(key, now or timezone.now(), at_once=at_once)
    except (NotSigned, nodes.Damaged) as refused:
        logger.warning("checkpoint not signed", reason=str(refused))
        watches.say(Watch.Part.CHECKPOINT, refused.problem if isinstance(refused, NotSigned) else "damaged")
        return 0
    watches.say(Watch.Part.CHECKPOINT)
    return published


@transaction.atomic
def _publish(key: SigningKey, now: datetime, *, at_once: bool) -> int:
    if not _ours():
        return 0
    newest = SignedCheckpoint.objects.filter(origin=key.name).last()
    size = nodes.size()
    anchors = [Anchor(root, key.verifier) for root in settings.ANCHOR_DIRS]
    published = _published(anchors, newest, key.verifier)
    _insist_on_size(published, size)
    if not _is_due(newest, size, now, at_once=at_once):
        return 0
    _insist_on_heads(published)
    base = max((one.size for one in published), default=0)
    said = Checkpoint(key.name, *_grown(base, min(size, base + MOST)))
    note, witnessed_at = _witnessed(said, said.signed(key))
    if newest is not None and newest.size == said.size and witnessed_at is None:
        # The witness is still away, and of the same entries nothing new can be said.
        return 0
    _write(anchors, said, note, now)
    SignedCheckpoint.objects.create(origin=key.name, size=said.size, note=note, at=now, witnessed_at=witnessed_at)
    return 1


def _ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])


def _is_due(newest: SignedCheckpoint | None, size: int, now: datetime, *, at_once: bool) -> bool:
    """When there are entries that nothing covers, or a witness who has not seen the newest checkpoint."""
    if newest is None:
        return size > 0
    waiting = size > newest.size or (newest.witnessed_at is None and bool(settings.WITNESS_ADDRESS))
    # A clock that was set back must not hold up the next one until it has caught up.
    rested = not newest.at <= now < newest.at + INTERVAL
    return waiting and (at_once or rested or size - newest.size > MOST)


def _published(anchors: list[Anchor], newest: SignedCheckpoint | None, key: VerifierKey) -> list[Checkpoint]:
    """The newest checkpoint that each place knows of. A place that cannot be read is said, and the others count."""
    found = []
    for anchor in anchors:
        try:
            found.append(anchor.last())
        except AnchorFailed as failed:
            logger.warning("anchor not read", reason=str(failed))
            watches.say(Watch.Part.ANCHOR, "failed")
    try:
        found.append(opened(newest.note, key)[0] if newest else None)
    except (BadNote, BadCheckpoint):
        raise NotSigned(
            "altered", "The newest checkpoint in the database is not one that the log's key signed."
        ) from None
    return [one for one in found if one is not None]


def _insist_on_size(published: list[Checkpoint], size: int) -> None:
    for one in published:
        if one.size > size:
            raise NotSigned("rolled_back", f"{one.size} entries were published and {size} are there.")


def _insist_on_heads(published: list[Checkpoint]) -> None:
    """Each published tree must be the beginning of the one that is there now."""
    for one in published:
        if nodes.head(one.size) != one.head:
            raise NotSigned("rewritten", f"The first {one.size} entries are not those that were published.")


def _grown(base: int, size: int) -> tuple[int, bytes]:
    """The size and the head of the tree with the entries from `base` on, hashed again from what they say."""
    frontier = tree.Frontier(base, nodes.node)
    with connection.cursor() as cursor:
        for first in range(base, size, _BATCH):
            cursor.execute(_BODIES, [first, min(first + _BATCH, size)])
            for hash_, body in cursor.fetchall():
                leaf = None if body is None else tree.leaf_hash(body.encode())
                if leaf != bytes(hash_):
                    raise NotSigned("altered", f"Entry {frontier.size} was changed after it got its place.")
                frontier.push(leaf)
    if frontier.size != size or frontier.head() != nodes.head(size):
        raise NotSigned("damaged", "The stored hashes are not those of the entries.")
    return size, frontier.head()


def _witnessed(said: Checkpoint, note: str) -> tuple[str, datetime | None]:
    """The note with the witness's signature and its time; without both where there is no witness, or it is away."""
    if not settings.WITNESS_ADDRESS or not settings.WITNESS_VERIFIER_KEY:
        watches.say(Watch.Part.WITNESS, "none")
        return note, None
    client = WitnessClient(settings.WITNESS_ADDRESS, VerifierKey.parse(settings.WITNESS_VERIFIER_KEY))
    seen = SignedCheckpoint.objects.filter(origin=said.origin, witnessed_at__isnull=False).last()
    try:
        note, seconds = client.cosign(said, note, seen.size if seen else 0, lambda old: _proof(old, said.size))
    except WitnessAway as away:
        logger.warning("witness away", reason=str(away))
        watches.say(Watch.Part.WITNESS, "away")
        return note, None
    except WitnessAhead as ahead:
        watches.say(Watch.Part.WITNESS, "ahead")
        raise NotSigned("rolled_back", str(ahead)) from None
    except WitnessRefused as refused:
        logger.warning("witness refused", reason=str(refused))
        watches.say(Watch.Part.WITNESS, "refused")
        return note, None
    witnessed_at = datetime.fromtimestamp(seconds, UTC)
    apart = abs((timezone.now() - witnessed_at).total_seconds())
    watches.say(Watch.Part.WITNESS, "clock" if apart > CLOCK_TOLERANCE else "")
    return note, witnessed_at


def _proof(old: int, size: int) -> list[bytes]:
    """The consistency proof; none from a size that there is not, which the witness then answers by itself."""
    return tree.consistency(old, size, nodes.node) if old <= size else []


def _write(anchors: list[Anchor], said: Checkpoint, note: str, now: datetime) -> None:
    """To every anchor that takes it. One that does not is said, and gets what it missed the next time."""
    failed = False
    for anchor in anchors:
        try:
            if not anchor.append(said, note, _leaves, now.astimezone(UTC).date()):
                raise NotSigned("rolled_back", f"A checkpoint beyond {said.size} entries was published meanwhile.")
        except AnchorFailed as reason:
            logger.warning("anchor not written", reason=str(reason))
            failed = True
    watches.say(Watch.Part.ANCHOR, "failed" if failed else "")


def _leaves(first: int, size: int) -> Iterator[bytes]:
    for begin in range(first, size, _BATCH):
        yield nodes.leaves(begin, min(begin + _BATCH, size))
