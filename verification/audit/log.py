"""The only writer of the audit log.

An entry is written in the same transaction as the change it records, so neither can exist without the other. Appending
is a plain insert and takes no lock; the place in the chain is given afterwards by one sequencer (see `chain.py`).
"""

from __future__ import annotations

from uuid import UUID

import rfc8785
from django.db import connection
from django.utils import timezone

from .events import ALLOWED, Actor, Event
from .models import Entry

MAX_BODY_BYTES = 8 * 1024

Fact = str | int | list[str] | None


class UndeclaredFact(ValueError):
    """A fact that its event does not declare. Nothing undeclared can slip into the log."""


class OutsideTransaction(RuntimeError):
    """`record` was called outside a transaction, where the entry and the change could come apart."""


def record(event: Event, *, actor: Actor, case_id: UUID | str | None = None, **facts: Fact) -> Entry:
    """Append one event. `from_` stands for the fact `from`. Raises `UndeclaredFact`, `OutsideTransaction`."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("An audit entry belongs in the transaction of the change it records.")
    named = {name.rstrip("_"): value for name, value in facts.items()}
    undeclared = named.keys() - ALLOWED[event]
    if undeclared:
        raise UndeclaredFact(f"{event} does not declare {', '.join(sorted(undeclared))}.")
    now = timezone.now()
    case = str(case_id) if case_id is not None else None
    body = rfc8785.dumps(
        {
            "actor": {"id": actor.id, "kind": actor.kind},
            "at": now.isoformat(timespec="microseconds"),
            "case": case,
            "event": event.value,
            "facts": named,
        }
    )
    if len(body) > MAX_BODY_BYTES:
        raise ValueError(f"{event} is {len(body)} bytes; an entry holds at most {MAX_BODY_BYTES}.")
    return Entry.objects.create(
        at=now, event=event.value, actor_kind=actor.kind, actor_id=actor.id, case_id=case, body=body.decode()
    )
