"""Whether media died in time: when its key was destroyed and when its bytes were deleted, against when both were due.

Of cases that closed in the window, from the vault's own rows. An erasure leaves these with the day of the closing and
the minutes of delay, if there was one, and with no other time. A closed case's media is due `media.AFTER_CLOSING` after
its closing; what a legal hold kept is due so long after the hold's end. Whatever is late is listed, with what explains
it and what does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone

from .media import AFTER_CLOSING, OPEN_CASE
from .query import in_programme, row, rows
from .window import Window

# The keys first: from its key's end on nobody can open an image. Then the bytes, which are useless by then.
_THINGS = {"key": ("vault_case_key", "destroyed_at"), "bytes": ("vault_sealed_media", "deleted_at")}

# A hold keeps until its end is on the record, and keeps nothing that was made for looking.
_OF = f"""
FROM cases_case AS cases
JOIN {{table}} AS thing ON thing.case_id = cases.id
LEFT JOIN (
    SELECT case_id, max(COALESCE(ended_at, GREATEST(until, %(now)s))) + %(after_closing)s AS due
    FROM incidents_hold GROUP BY case_id
) AS held ON held.case_id = cases.id AND thing.purpose IN ('frame', 'capture')
WHERE cases.closed_at >= %(start)s AND cases.closed_at < %(end)s AND NOT cases.known
  AND {in_programme("cases.programme_id")}
"""
_DUE = "cases.closed_at + %(after_closing)s"
_LAST = f"GREATEST({_DUE}, held.due)"
_IS_LATE = f"COALESCE({{gone}}, %(now)s) > {_LAST}"

_PROMISES = f"""
SELECT thing.purpose, count(*),
       count(*) FILTER (WHERE {{gone}} <= {_DUE}),
       count(*) FILTER (WHERE {{gone}} > {_DUE} AND {{gone}} <= {_LAST}),
       count(*) FILTER (WHERE {{gone}} > {_LAST}),
       count(*) FILTER (WHERE {{gone}} IS NULL AND NOT {_IS_LATE}),
       count(*) FILTER (WHERE {{gone}} IS NULL AND {_IS_LATE}),
       extract(epoch FROM max({{gone}} - {_LAST}) FILTER (WHERE {{gone}} > {_LAST}))::double precision
{_OF} GROUP BY thing.purpose ORDER BY thing.purpose
"""
_LATE = f"""
SELECT cases.id, thing.purpose, {_LAST}, {{gone}}, held.due IS NOT NULL,
       EXISTS (SELECT FROM vault_case_key AS key WHERE key.case_id = cases.id AND key.purpose = thing.purpose
               AND key.destroyed_at <= {_LAST})
{_OF} AND {_IS_LATE} ORDER BY 3, 1 LIMIT %(limit)s
"""
_TOO_LONG = f"""
SELECT count(*) FROM cases_case
WHERE received_at >= %(start)s AND received_at < %(end)s AND NOT known AND {in_programme()}
  AND COALESCE(closed_at, %(now)s) > received_at + %(open_case)s + %(after_closing)s
"""


class Why(StrEnum):
    """What explains that something was late."""

    BYTES_FOLLOWED = "bytes_followed"
    """Its key died in time, so nobody could open it; the storage gave up the bytes later."""
    AFTER_HOLD = "after_hold"
    """A legal hold kept it, and it outlived the hold's end."""
    UNEXPLAINED = "unexplained"
    """No hold, and its key was late. Was the sweeper away?"""


@dataclass(frozen=True, slots=True)
class Promise:
    """Keys or bytes (`what`) of one purpose. `late` are gone but too late, `overdue` are still there; `not_due` either
    has its time or is under a hold. `longest` is the longest delay in seconds, None where nothing was late."""

    what: str
    purpose: str
    all: int
    in_time: int
    after_hold: int
    late: int
    not_due: int
    overdue: int
    longest: float | None

    @property
    def kept(self) -> float | None:
        """The share of what was due that died in time, 0 to 1; None where nothing was due."""
        due = self.all - self.not_due
        return (self.in_time + self.after_hold) / due if due else None


@dataclass(frozen=True, slots=True)
class Late:
    case_id: UUID
    what: str
    purpose: str
    due: datetime
    gone: datetime | None
    why: Why


def promises(window: Window, now: datetime | None = None) -> list[Promise]:
    """Keys first, by purpose."""
    asked = _parameters(window, now)
    return [Promise(what, *found) for what in _THINGS for found in rows(_about(what, _PROMISES), asked)]


def late(window: Window, now: datetime | None = None, limit: int = 50) -> list[Late]:
    """The longest due first, at most `limit`."""
    asked = _parameters(window, now) | {"limit": limit}
    found = [
        Late(case_id, what, purpose, due, gone, _why(what=what, held=held, key_in_time=in_time))
        for what in _THINGS
        for case_id, purpose, due, gone, held, in_time in rows(_about(what, _LATE), asked)
    ]
    return sorted(found, key=lambda one: (one.due, str(one.case_id)))[:limit]


def open_too_long(window: Window, now: datetime | None = None) -> int:
    """Cases received in the window that were not closed within the limit for open ones."""
    (cases,) = row(_TOO_LONG, _parameters(window, now))
    return int(cases)


def _about(what: str, sql: str) -> str:
    table, column = _THINGS[what]
    return sql.format(table=table, gone=f"thing.{column}")


def _why(*, what: str, held: bool, key_in_time: bool) -> Why:
    if what == "bytes" and key_in_time:
        return Why.BYTES_FOLLOWED
    return Why.AFTER_HOLD if held else Why.UNEXPLAINED


def _parameters(window: Window, now: datetime | None) -> dict[str, Any]:
    limits = {"after_closing": AFTER_CLOSING, "open_case": OPEN_CASE, "now": now or timezone.now()}
    return window.parameters | limits
