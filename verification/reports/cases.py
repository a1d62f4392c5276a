"""How cases ended, from the log's own entries, and how the cases of a period stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .query import row, rows
from .window import Window

# Moves are read from the log, so that a case erased since still counts as what happened to it then.
_MOVES = """
WITH moves AS (
    SELECT entry.at, entry.body::jsonb->'facts'->>'from' AS before, entry.body::jsonb->'facts'->>'to' AS after
    FROM audit_entry AS entry
    WHERE entry.event = 'case:advanced' AND entry.at >= %(start)s AND entry.at < %(end)s
      AND (%(programme)s::uuid IS NULL OR entry.case_id IN
            (SELECT id FROM cases_case WHERE programme_id = %(programme)s::uuid))
)
"""

_ENDS = (
    _MOVES
    + """
SELECT count(*) FILTER (WHERE after = 'passed'),
       count(*) FILTER (WHERE after = 'decided'),
       count(*) FILTER (WHERE after = 'unresolved'),
       count(*) FILTER (WHERE after = 'erased'),
       count(*) FILTER (WHERE before IN ('received', 'checking') AND after = 'in_review'),
       count(*) FILTER (WHERE before IN ('received', 'checking') AND after IN ('passed', 'in_review', 'unresolved'))
FROM moves
"""
)

_BY_DAY = (
    _MOVES
    + """
SELECT (at AT TIME ZONE %(zone)s)::date AS day,
       count(*) FILTER (WHERE after = 'passed'),
       count(*) FILTER (WHERE after = 'decided'),
       count(*) FILTER (WHERE after = 'unresolved')
FROM moves GROUP BY day
"""
)

_STANDING = """
SELECT status, outcome, count(*) FROM cases_case
WHERE received_at >= %(start)s AND received_at < %(end)s
  AND (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid)
GROUP BY status, outcome ORDER BY count(*) DESC, status, outcome
"""


@dataclass(frozen=True, slots=True)
class Ends:
    """Cases that reached an end in the window, and how many of those whose checks ended went to people."""

    by_machine: int
    by_people: int
    unresolved: int
    erased: int
    to_people: int
    checked: int

    @property
    def share_to_people(self) -> float | None:
        """`to_people / checked`, 0 to 1; None where nothing was checked."""
        return self.to_people / self.checked if self.checked else None


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    by_machine: int = 0
    by_people: int = 0
    unresolved: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of the cases received in the window have this status and outcome now."""

    status: str
    outcome: str
    cases: int


def ends(window: Window) -> Ends:
    return Ends(*row(_ENDS, window.parameters))


def ends_by_day(window: Window) -> list[Day]:
    """One for each local day of the window, also the empty ones."""
    found = {day: Day(day, *counts) for day, *counts in rows(_BY_DAY, window.parameters)}
    return [found.get(day, Day(day)) for day in window.days]


def standing(window: Window) -> list[Standing]:
    return [Standing(*found) for found in rows(_STANDING, window.parameters)]
