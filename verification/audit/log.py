"""The only writer of the audit log.

An entry is written in the same transaction as the change it records, so neither can exist without the other. Appending
is a plain insert and takes no lock; the place in the tree is given afterwards by one sequencer (see `sequencer.py`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from .canonical import canonical
from .events import ALLOWED, Actor, Event
from .models import Entry

MAX_BODY_BYTES = 8 * 1024

Fact = str | int | list[str] | None

# By hand, because every act of the console pays for it: through the model it cost three times a plain insert.
_COLUMNS = ("at", "event", "actor_kind", "actor_id", "case_id", "body")
_INSERT = f"INSERT INTO audit_entry ({', '.join(_COLUMNS)}) VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"


class UndeclaredFact(ValueError):
    """A fact that its event does not declare. Nothing undeclared can slip into the log."""


class EntryTooLong(ValueError):
    """An entry holds codes and counts. What does not fit into `MAX_BODY_BYTES` is something else and is not written."""


class OutsideTransaction(RuntimeError):
    """`record` was called outside a transaction, where the entry and the change could come apart."""


def record(event: Event, *, actor: Actor, case_id: UUID | str | None = None, **facts: Fact) -> Entry:
    """Append one event. `from_` stands for the fact `from`. Raises `UndeclaredFact`, `EntryTooLong`,
    `NotCanonical`, `OutsideTransaction`; then nothing is written, and the change that it belongs to fails with it."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("An audit entry belongs in the transaction of the change it records.")
    named = {name.rstrip("_"): value for name, value in facts.items()}
    undeclared = named.keys() - ALLOWED[event]
    if undeclared:
        raise UndeclaredFact(f"{event} does not declare {', '.join(sorted(undeclared))}.")
    now = timezone.now()
    case = str(case_id) if case_id is not None else None
    body = canonical(
        {
            "actor": {"id": actor.id, "kind": actor.kind},
            "at": now.isoformat(timespec="microseconds"),
            "case": case,
            "event": event.value,
            "facts": named,
        }
    )
    if len(body) > MAX_BODY_BYTES:
        raise EntryTooLong(f"{event} is {len(body)} bytes; an entry holds at most {MAX_BODY_BYTES}.")
    return _appended(now, event.value, actor.kind, actor.id, case, body.decode())


def _appended(*values: str | datetime | None) -> Entry:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        (entry_id,) = cursor.fetchone()
    return Entry.from_db(connection.alias, ["id", *_COLUMNS], [entry_id, *values])
