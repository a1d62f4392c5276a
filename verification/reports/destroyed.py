"""Whether media died in time: when its key was destroyed and when its bytes were deleted, against when both were due.

Of cases that closed in the window, from the vault's own rows, which an erasure leaves. A closed case's media is due
`media.AFTER_CLOSING` after its closing; what a legal hold kept is due so long after the hold's end. Whatever is late is
listed, with what explains it and what does not.
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

# A hold keeps until its end is on the record, and keeps nothing that was made for looking.
_CLOSED = f"""
WITH closed AS MATERIALIZED (
    SELECT cases.id, cases.closed_at + %(after_closing)s AS due,
           (SELECT max(COALESCE(hold.ended_at, GREATEST(hold.until, %(now)s))) + %(after_closing)s
            FROM incidents_hold AS hold WHERE hold.case_id = cases.id) AS held_due
    FROM cases_case AS cases
    WHERE cases.closed_at >= %(start)s AND cases.closed_at < %(end)s AND NOT cases.known
      AND {in_programme("cases.programme_id")}
)
"""
# The key first: from its end on nobody can open anything. Then the bytes, which are useless by then.
_THINGS = """
, things AS (
    SELECT closed.id, 'key' AS what, vault.purpose, vault.destroyed_at AS gone, closed.due,
           CASE WHEN vault.purpose IN ('frame', 'capture') THEN closed.held_due END AS held_due
    FROM closed JOIN vault_case_key AS vault ON vault.case_id = closed.id
    UNION ALL
    SELECT closed.id, 'bytes', vault.purpose, vault.deleted_at, closed.due,
           CASE WHEN vault.purpose IN ('frame', 'capture') THEN closed.held_due END
    FROM closed JOIN vault_sealed_media AS vault ON vault.case_id = closed.id
)
"""
_LAST = "GREATEST(due, held_due)"
_IS_LATE = f"COALESCE(gone, %(now)s) > {_LAST}"

_PROMISES = f"""{_CLOSED} {_THINGS}
SELECT what, purpose, count(*),
       count(*) FILTER (WHERE gone <= due),
       count(*) FILTER (WHERE gone > due AND gone <= {_LAST}),
       count(*) FILTER (WHERE gone > {_LAST}),
       count(*) FILTER (WHERE gone IS NULL AND NOT {_IS_LATE}),
       count(*) FILTER (WHERE gone IS NULL AND {_IS_LATE}),
       extract(epoch FROM max(gone - {_LAST}) FILTER (WHERE gone > {_LAST}))::double precision
FROM things GROUP BY what, purpose ORDER BY what DESC, purpose
"""
_LATE = f"""{_CLOSED} {_THINGS}
SELECT id, what, purpose, {_LAST}, gone, held_due IS NOT NULL,
       EXISTS (SELECT FROM vault_case_key AS key WHERE key.case_id = things.id AND key.purpose = things.purpose
               AND key.destroyed_at <= {_LAST})
FROM things WHERE {_IS_LATE} ORDER BY {_LAST}, id, what DESC LIMIT %(limit)s
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
    return [Promise(*found) for found in rows(_PROMISES, _parameters(window, now))]


def late(window: Window, now: datetime | None = None, limit: int = 50) -> list[Late]:
    """The longest due first, at most `limit`."""
    found = rows(_LATE, _parameters(window, now) | {"limit": limit})
    return [
        Late(case_id, what, purpose, due, gone, _why(what=what, held=held, key_in_time=in_time))
        for case_id, what, purpose, due, gone, held, in_time in found
    ]


def open_too_long(window: Window, now: datetime | None = None) -> int:
    """Cases received in the window that were not closed within the limit for open ones."""
    (cases,) = row(_TOO_LONG, _parameters(window, now))
    return int(cases)


def _why(*, what: str, held: bool, key_in_time: bool) -> Why:
    if what == "bytes" and key_in_time:
        return Why.BYTES_FOLLOWED
    return Why.AFTER_HOLD if held else Why.UNEXPLAINED


def _parameters(window: Window, now: datetime | None) -> dict[str, Any]:
    limits = {"after_closing": AFTER_CLOSING, "open_case": OPEN_CASE, "now": now or timezone.now()}
    return window.parameters | limits
