"""The one sequencer: it gives every entry its place in the tree, gap-free, without any writer ever waiting.

Order. PostgreSQL stamps each entry with its transaction's number (`xid`, a column that only this file knows). Entries
whose transaction number lies below the oldest one still running can no longer be joined by an earlier entry, so they
get their places in (xid, id) order from whoever holds the advisory lock. Lock and places live and end in one
transaction, and a place can be taken once: a sequencer that was thought dead can neither go on nor do harm.

Transaction numbers begin anew in another cluster, so a log that was dumped and restored says `OrderLost` instead of
waiting for numbers that will not come; `resume` then goes on, by a person's word and on the record.
"""

from __future__ import annotations

import time
from typing import NoReturn

from django.db import connection, transaction

from . import log, nodes
from .events import Actor, Event

_LOCK = 0x617564  # "aud"
_BATCH = 5_000

# Behind the entry that says that the order began anew, no number is compared with one of before.
_BEGUN = f"(SELECT COALESCE(max(id), 0) FROM audit_entry WHERE event = '{Event.LOG_RESUMED}')"

_LAST = """
WITH last AS MATERIALIZED (
    SELECT leaf.index, entry.xid, entry.id FROM audit_leaf AS leaf
    LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry_id ORDER BY leaf.index DESC LIMIT 1
)"""

_PLACE = (
    _LAST
    + """, ready AS MATERIALIZED ({ready})
INSERT INTO audit_leaf (index, entry_id, hash)
SELECT COALESCE((SELECT index FROM last), -1) + row_number() OVER (ORDER BY {order}),
       id, sha256('\\x00'::bytea || convert_to(body, 'UTF8'))
FROM ready
"""
)

_SETTLED = f"""
    SELECT entry.xid, entry.id, entry.body FROM audit_entry AS entry
    WHERE entry.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND (entry.xid, entry.id) > (COALESCE((SELECT xid FROM last), '0'::xid8), COALESCE((SELECT id FROM last), 0))
      AND entry.id > {_BEGUN}
      AND NOT EXISTS (SELECT FROM audit_leaf AS leaf WHERE leaf.entry_id = entry.id)
    ORDER BY entry.xid, entry.id LIMIT {_BATCH}
"""

# Numbers that this cluster has not given out yet are another one's, and older than all of its own.
_LEFT_BEHIND = """
    SELECT entry.xid < pg_snapshot_xmax(pg_current_snapshot()) AS here, entry.xid, entry.id, entry.body
    FROM audit_entry AS entry
    WHERE NOT EXISTS (SELECT FROM audit_leaf AS leaf WHERE leaf.entry_id = entry.id)
"""

_FOREIGN = (
    _LAST
    + f"""
SELECT GREATEST((SELECT xid FROM last WHERE id >= {_BEGUN}),
                (SELECT xid FROM audit_entry WHERE id > {_BEGUN} ORDER BY id DESC LIMIT 1))
       > GREATEST(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id_if_assigned())
"""
)

# An entry without a place although entries of later transactions have theirs.
_STRAY = (
    _LAST
    + f"""
SELECT entry.id FROM audit_entry AS entry
LEFT JOIN audit_leaf AS leaf ON leaf.entry_id = entry.id
WHERE leaf.entry_id IS NULL AND (entry.id <= {_BEGUN} OR entry.xid < (SELECT xid FROM last))
ORDER BY entry.id LIMIT 1
"""
)


class OrderLost(RuntimeError):
    """The log holds transaction numbers of another cluster: this database is a restored copy. New entries wait."""


class NothingToResume(RuntimeError):
    """The order of this log is not lost."""


class Busy(RuntimeError):
    """Other transactions did not end in time; nothing was changed."""


@transaction.atomic
def place_entries() -> int:
    """Give settled entries their places, up to 5,000. Returns how many; 0 when another sequencer is at work.

    Raises `OrderLost`.
    """
    if not _ours():
        return 0
    if _one(_FOREIGN):
        _say_so()
    return _place(_PLACE.format(ready=_SETTLED, order="xid, id"))


def _say_so() -> NoReturn:
    raise OrderLost(
        "The audit log was restored from another database cluster: its transaction numbers lie ahead of this one's. "
        "Entries are kept and wait for their place. See that the copy is whole, then run `manage.py audit_resume`."
    )


def resume(actor: Actor, *, patience: float = 30.0) -> int:
    """Begin the order anew after a restore, with an entry that says so. Returns how many entries got their places.

    Writers wait for this one, moments long. Raises `NothingToResume`, and `Busy` after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        placed = _resume(actor)
        if placed is not None:
            return placed
        if time.monotonic() > deadline:
            raise Busy("Other transactions do not end, so the order cannot begin anew. Nothing was changed; try again.")
        time.sleep(0.2)


@transaction.atomic
def _resume(actor: Actor) -> int | None:
    """None while another transaction runs: it could still write an entry with a number below the new beginning."""
    if not _ours():
        return None
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_entry IN SHARE ROW EXCLUSIVE MODE")
    if not _one(_FOREIGN):
        raise NothingToResume("The order of this log is not lost; there is nothing to resume.")
    # Having a number of its own first, this transaction sees by the snapshot after it whether it is the oldest.
    own = _one("SELECT pg_current_xact_id()::text")
    if _one("SELECT pg_snapshot_xmin(pg_current_snapshot())::text") != own:
        return None
    placed = _place(_PLACE.format(ready=_LEFT_BEHIND, order="here, xid, id"))
    log.record(Event.LOG_RESUMED, actor=actor, entries=nodes.size())
    return placed + _place(_PLACE.format(ready=_LEFT_BEHIND, order="here, xid, id"))


def stray() -> int | None:
    """The id of an entry that was put in behind the tree, where no writer can put one; None when there is none."""
    found = _one(_STRAY)
    return None if found is None else int(str(found))


def _ours() -> bool:
    return bool(_one(f"SELECT pg_try_advisory_xact_lock({_LOCK})"))


def _place(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        placed = int(cursor.rowcount)
    nodes.complete(nodes.size())
    return placed


def _one(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None
