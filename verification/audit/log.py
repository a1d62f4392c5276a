"""The only writer of the audit log.

An entry is written in the same transaction as the change it records, so neither can exist without the other. Appending
is a plain insert and takes no lock; the place in the tree is given afterwards by one sequencer (see `sequencer.py`).

No entry holds the id of a case or of a capture session. What is written is the case's name (see `pseudonyms.py`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from .canonical import canonical
from .events import ALLOWED, SUBJECT, Actor, Event
from .models import Entry
from .pseudonyms import Name, remembered_name_of

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
    """Append one event, about a case under its name. `from_` stands for the fact `from`.

    An entry about a case that was cut from its name meanwhile is about no case, unless the caller gives the `Name` that
    they had read before. Raises `UndeclaredFact`, `EntryTooLong`, `NotCanonical`, `OutsideTransaction`; then nothing is
    written, and the change that it belongs to fails with it.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("An audit entry belongs in the transaction of the change it records.")
    named = {name.rstrip("_"): value for name, value in facts.items()}
    undeclared = named.keys() - ALLOWED[event]
    if undeclared:
        raise UndeclaredFact(f"{event} does not declare {', '.join(sorted(undeclared))}.")
    now = timezone.now()
    case, actor = _case(case_id), known_as(actor, case_id)
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


def known_as(actor: Actor, case_id: UUID | str | None) -> Actor:
    """The actor as the log knows them: whoever is in front of the camera has no id but the name of their case."""
    return Actor(actor.kind, _case(case_id) or "") if actor == SUBJECT else actor


def _case(case_id: UUID | str | None) -> str | None:
    """The name that stands for the case; None for none, and for one that has none any more."""
    name = case_id if case_id is None or isinstance(case_id, Name) else remembered_name_of(case_id)
    return None if name is None else str(name)


def _appended(*values: str | datetime | None) -> Entry:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        (entry_id,) = cursor.fetchone()
    return Entry.from_db(connection.alias, ["id", *_COLUMNS], [entry_id, *values])
