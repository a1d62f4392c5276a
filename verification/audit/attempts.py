"""Attempts that were refused. Each is in the log, and nobody can fill the log with them.

Of attempts of one kind (who, which event, why), the first `SINGLY` of a minute are entries of their own. Those beyond
are counted, and when the minute is over the sweeper writes one entry that says how many they were. So one actor leaves
at most six entries a minute for each reason there is to refuse, whatever they do; all who are not signed in are one
actor, because nothing tells them apart that they could not change at will, and their addresses are not kept.

The count lives in the database, so that all web processes agree, and is gone with its minute.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from . import log
from .events import ALLOWED, Actor, Event
from .log import Fact

SINGLY = 5

# One statement, so that two processes cannot both read the same count. Routes are names from the site's own list.
# What is only counted need not reach the disk before the answer leaves: a flood would wait for it in one line, and a
# crash costs no more than the last moment's counts.
_COUNT = """
INSERT INTO audit_attempts (minute, event, actor_kind, actor_id, reason, times, routes)
VALUES (%(minute)s, %(event)s, %(kind)s, %(id)s, %(reason)s, 1, '{}')
ON CONFLICT (minute, event, actor_kind, actor_id, reason) DO UPDATE SET
    times = audit_attempts.times + 1,
    routes = CASE WHEN audit_attempts.times < %(singly)s OR %(route)s = ANY(audit_attempts.routes || ''::text)
             THEN audit_attempts.routes ELSE audit_attempts.routes || %(route)s::text END
RETURNING times, CASE WHEN times > %(singly)s THEN set_config('synchronous_commit', 'off', true) END
"""

_OVER = """
DELETE FROM audit_attempts WHERE minute < %s
RETURNING minute, event, actor_kind, actor_id, reason, times, routes
"""


def refused(event: Event, *, actor: Actor, reason: str, case_id: UUID | str | None = None, **facts: Fact) -> bool:
    """Record one refused attempt, or count it. False when it was only counted.

    Belongs in a transaction, as `log.record` does, and raises what that raises.
    """
    actor = log.known_as(actor, case_id)
    if _counted(event, actor, reason, str(facts.get("route") or "")) > SINGLY:
        return False
    log.record(event, actor=actor, case_id=case_id, reason=reason, **facts)
    return True


def _counted(event: Event, actor: Actor, reason: str, route: str) -> int:
    """How many of the kind there were in this minute, this one included."""
    minute = _minute(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "minute": minute, "event": event.value, "kind": actor.kind, "id": actor.id, "reason": reason,
                "route": route, "singly": SINGLY,
            },
        )  # fmt: skip
        times, _ = cursor.fetchone()
    return int(times)


@transaction.atomic
def sum_up() -> int:
    """Write how many there were beyond the first of each minute that is over. Returns how many entries that took."""
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [_minute(timezone.now())])
        over = cursor.fetchall()
    return sum(_summed(*row) for row in sorted(over, key=lambda row: row[:5]))


def _summed(minute: datetime, name: str, kind: str, actor_id: str, reason: str, times: int, routes: list[str]) -> bool:
    if times <= SINGLY:
        return False
    event = Event(name)
    facts: dict[str, Fact] = {"times": times - SINGLY, "minute": minute.isoformat(timespec="minutes")}
    if "routes" in ALLOWED[event]:
        facts["routes"] = sorted(routes)
    log.record(event, actor=Actor(kind, actor_id), case_id=None, reason=reason, **facts)
    return True


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
