"""What a superuser of the database can do to a published log, drawn at random, and the index that each begins at."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from random import Random

from django.db import connection, transaction

from verification.audit import nodes, records, verify_log
from verification.audit.checkpoint import Checkpoint
from verification.audit.models import SignedCheckpoint
from verification.audit.notes import LOG, SigningKey

from .keepers import Keepers
from .tampering import a_placed_log, tamper

ENTRIES = 30
# After which entries a checkpoint was published.
PUBLISHED = (1, 7, 8, 20, ENTRIES)

_ID = "(SELECT entry_id FROM audit_leaf WHERE index = {})"
_TEXT = "replace(body, '\"attempt\":', '\"attempt\":9')"
_REHASH = (
    "UPDATE audit_leaf SET hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) "
    "FROM audit_entry WHERE audit_entry.id = entry_id"
)
_COLUMNS = (
    "event = 'case:erased'", "actor_id = 'sweeper'", "actor_kind = 'person'", "case_id = gen_random_uuid()",
    "at = at - interval '1 hour'",
)  # fmt: skip


def a_published_log(keepers: Keepers) -> None:
    """Thirty entries and five checkpoints, all of them in the anchor."""
    placed = 0
    for size in PUBLISHED:
        a_placed_log(size - placed)
        keepers.publish()
        placed = size


def edit_text(draw: Random) -> int:
    index = draw.randrange(ENTRIES)
    tamper(f"UPDATE audit_entry SET body = {_TEXT} WHERE id = {_ID.format(index)}")
    return index


def edit_column(draw: Random) -> int:
    index = draw.randrange(ENTRIES)
    tamper(f"UPDATE audit_entry SET {draw.choice(_COLUMNS)} WHERE id = {_ID.format(index)}")
    return index


def edit_hash(draw: Random) -> int:
    index = draw.randrange(ENTRIES)
    tamper(f"UPDATE audit_leaf SET hash = sha256('{draw.random()}') WHERE index = {index}")
    return index


def edit_text_and_hash(draw: Random) -> int:
    index = edit_text(draw)
    tamper(_REHASH)
    return index


def lengthen(draw: Random) -> int:
    index = draw.randrange(ENTRIES)
    tamper(f"UPDATE audit_entry SET body = repeat('x', 65536) WHERE id = {_ID.format(index)}", _REHASH)
    return index


def delete_entry(draw: Random) -> int:
    index = draw.randrange(ENTRIES)
    tamper(f"DELETE FROM audit_entry WHERE id = {_ID.format(index)}")
    return index


def delete_with_place(draw: Random) -> int:
    index = delete_entry(draw)
    tamper(f"DELETE FROM audit_leaf WHERE index = {index}")
    return index


def delete_and_close_the_gap(draw: Random) -> int:
    index = delete_with_place(draw)
    _shift(index, -1)
    return index


def insert(draw: Random) -> int:
    """In the middle, with a place and a right hash; everything behind it moves up."""
    index = draw.randrange(ENTRIES)
    _shift(index, 1)
    tamper(
        "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, case_id, body) "
        f"SELECT 1000000, at, event, actor_kind, actor_id, case_id, {_TEXT} FROM audit_entry ORDER BY id LIMIT 1",
        f"INSERT INTO audit_leaf (index, entry_id, hash) VALUES ({index}, 1000000, '')",
        _REHASH,
    )
    return index


def insert_behind(draw: Random) -> int:
    """Where no writer can put one: with the number of a transaction that is over."""
    tamper(
        "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, case_id, body, xid) "
        f"SELECT 1000000, at, event, actor_kind, actor_id, case_id, {_TEXT}, xid FROM audit_entry "
        f"WHERE id = {_ID.format(draw.randrange(ENTRIES - 1))}"
    )
    return ENTRIES


def swap_places(draw: Random) -> int:
    first, second = sorted(draw.sample(range(ENTRIES), 2))
    tamper(
        f"UPDATE audit_leaf SET index = -1 WHERE index = {first}",
        f"UPDATE audit_leaf SET index = {first} WHERE index = {second}",
        f"UPDATE audit_leaf SET index = {second} WHERE index = -1",
    )
    return first


def shuffle(draw: Random) -> int:
    """Every entry from one on in another order."""
    first = draw.randrange(ENTRIES - 1)
    order = list(range(first, ENTRIES))
    while order[0] == first:
        draw.shuffle(order)
    tamper(
        f"UPDATE audit_leaf SET index = -1 - index WHERE index >= {first}",
        *(f"UPDATE audit_leaf SET index = {new} WHERE index = {-1 - old}" for new, old in enumerate(order, first)),
    )
    return first


def truncate(draw: Random) -> int:
    left = draw.choice((0, draw.randrange(ENTRIES)))
    _cut(left)
    return left


def restore_yesterday(draw: Random) -> int:
    """The whole database as it was when an earlier checkpoint was the newest, and life goes on from there."""
    size = draw.choice(PUBLISHED[:-1])
    _cut(size)
    tamper(f"DELETE FROM audit_checkpoint WHERE size > {size}")
    if draw.random() < 0.5:
        _grow(size, draw.randrange(1, 2 * ENTRIES))
    return size


def replace_all(draw: Random) -> int:
    """Every text from one entry on anew, every hash right, and a checkpoint signed with some key."""
    first = draw.randrange(ENTRIES)
    tamper(
        f"UPDATE audit_entry SET body = {_TEXT} WHERE id IN (SELECT entry_id FROM audit_leaf WHERE index >= {first})",
        _REHASH,
        "DELETE FROM audit_checkpoint",
    )
    key = SigningKey.generate("test.example/log", LOG) if draw.random() < 0.5 else None
    if key is not None:
        # Under another name, so that it is no false checkpoint of this log but one of a log that nobody asked for.
        forged = Checkpoint("forged.example/log", ENTRIES, nodes.head(ENTRIES)).signed(key)
        SignedCheckpoint.objects.create(origin="forged.example/log", size=ENTRIES, note=forged)
    return first


MUTATIONS: tuple[Callable[[Random], int], ...] = (
    edit_text, edit_column, edit_hash, edit_text_and_hash, lengthen, delete_entry, delete_with_place,
    delete_and_close_the_gap, insert, insert_behind, swap_places, shuffle, truncate, restore_yesterday, replace_all,
)  # fmt: skip


def found_after(mutate: Callable[[Random], int], draw: Random, keepers: Keepers) -> tuple[int, verify_log.Found]:
    """Where the mutation began, and what the verifier says of an export of it. The log is whole again afterwards."""
    with transaction.atomic():
        begun = mutate(draw)
        file = io.BytesIO()
        for record in records.records():
            file.write(json.dumps(record).encode() + b"\n")
        file.seek(0)
        found = verify_log.verify(verify_log.read_export(file), keepers.keys, keepers.anchors)
        transaction.set_rollback(True)
    return begun, found


def _shift(index: int, by: int) -> None:
    """Through negative numbers, as places must not meet on their way."""
    tamper(
        f"UPDATE audit_leaf SET index = -1 - index WHERE index >= {index}",
        f"UPDATE audit_leaf SET index = -1 - index + {by} WHERE index < 0",
    )


def _cut(left: int) -> None:
    tamper(
        f"DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_leaf WHERE index >= {left})",
        f"DELETE FROM audit_leaf WHERE index >= {left}",
    )


def _grow(size: int, by: int) -> None:
    """Entries that are written after the restore; each is placed, as the sequencer would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM audit_entry")
        (last,) = cursor.fetchone() or (0,)
    tamper(
        "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, case_id, body) "
        "SELECT 2000000 + step, one.at, one.event, one.actor_kind, one.actor_id, one.case_id, "
        "replace(one.body, '\"attempt\":', '\"attempt\":8' || step) "
        f"FROM audit_entry AS one, generate_series(0, {by - 1}) AS step WHERE one.id = {last}",
        "INSERT INTO audit_leaf (index, entry_id, hash) "
        f"SELECT {size} + step, 2000000 + step, '' FROM generate_series(0, {by - 1}) AS step",
        _REHASH,
    )
