"""Media that is still sealed, and media that should be gone by now. Counts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from .query import row, rows
from .window import Window

# The limits of the retention schedule as a risk officer holds the system to them. They are written here a second time,
# because a report that read them from the enforcer would follow a mistake there; the tests hold the two together.
OPEN_CASE = timedelta(hours=72)
AFTER_CLOSING = timedelta(seconds=60)

# A legal hold keeps frames and clips, and them alone: with a living key of anything else, the case's own time counts.
_HELD = """
WITH kept AS (
    SELECT hold.case_id, max(hold.until) + %(after_closing)s AS until
    FROM incidents_hold AS hold
    WHERE hold.state IN ('asked', 'in_force')
      AND NOT EXISTS (SELECT 1 FROM cases_case AS closed JOIN vault_case_key AS key ON key.case_id = closed.id
                      WHERE closed.id = hold.case_id AND closed.closed_at IS NOT NULL
                        AND key.wrapped IS NOT NULL AND key.purpose NOT IN ('frame', 'capture'))
    GROUP BY 1
), held AS (
    SELECT cases.id, cases.status, cases.received_at, cases.closed_at,
           GREATEST(COALESCE(cases.closed_at + %(after_closing)s, cases.received_at + %(open_case)s),
                    (SELECT kept.until FROM kept WHERE kept.case_id = cases.id)) AS due,
           cases.closed_at IS NOT NULL AND cases.id IN (SELECT case_id FROM kept) AS by_hold,
           (SELECT count(*) FROM vault_sealed_media AS media
            WHERE media.case_id = cases.id AND media.deleted_at IS NULL) AS images,
           EXISTS (SELECT 1 FROM vault_case_key AS key
                   WHERE key.case_id = cases.id AND key.wrapped IS NOT NULL) AS readable
    FROM cases_case AS cases
    WHERE (%(programme)s::uuid IS NULL OR cases.programme_id = %(programme)s::uuid)
      AND (cases.id IN (SELECT case_id FROM vault_sealed_media WHERE deleted_at IS NULL)
           OR cases.id IN (SELECT case_id FROM vault_case_key WHERE wrapped IS NOT NULL))
)
"""

_TOTALS = (
    _HELD
    + """
SELECT count(*), COALESCE(sum(images), 0)::bigint, count(*) FILTER (WHERE due < %(now)s),
       count(*) FILTER (WHERE due < %(now)s AND readable), min(due) FILTER (WHERE due >= %(now)s),
       count(*) FILTER (WHERE due >= %(now)s AND by_hold)
FROM held
"""
)

_OVERDUE = _HELD + "SELECT id, status, due, images, readable FROM held WHERE due < %(now)s ORDER BY due LIMIT %(limit)s"


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept now, whatever the window's dates: `overdue_readable` counts overdue cases whose keys still exist.

    `by_hold` counts closed cases whose frames a legal hold keeps; they are not overdue before its end.
    """

    cases: int
    images: int
    overdue: int
    overdue_readable: int
    next_due: datetime | None
    by_hold: int = 0


@dataclass(frozen=True, slots=True)
class Overdue:
    case_id: UUID
    status: str
    due: datetime
    images: int
    readable: bool


def held(window: Window, now: datetime | None = None) -> Held:
    return Held(*row(_TOTALS, _parameters(window, now)))


def overdue(window: Window, now: datetime | None = None, limit: int = 50) -> list[Overdue]:
    """The longest overdue first, at most `limit`."""
    return [Overdue(*found) for found in rows(_OVERDUE, _parameters(window, now) | {"limit": limit})]


def _parameters(window: Window, now: datetime | None) -> dict[str, Any]:
    limits = {"open_case": OPEN_CASE, "after_closing": AFTER_CLOSING, "now": now or timezone.now()}
    return window.parameters | limits
