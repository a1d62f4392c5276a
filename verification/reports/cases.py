"""How cases ended, from the log's own entries, and how the cases of a period stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .query import in_programme, rows
from .window import Window

# Moves are of the log, so that a case erased since still counts as what happened to it then. One pass serves the totals
# and the days. A case with a known answer came from nobody and counts nowhere here.
_MOVES = f"""
SELECT (hour AT TIME ZONE %(zone)s)::date, split_part(code, '>', 1), split_part(code, '>', 2), sum(n)::bigint
FROM reports_hour
WHERE event = 'case:advanced' AND hour >= %(start)s AND hour < %(end)s AND real AND {in_programme()}
GROUP BY 1, 2, 3
"""

_OUTCOMES = f"""
SELECT status, outcome, count(*) FROM reports_ended
WHERE ended_at >= %(start)s AND ended_at < %(end)s AND real AND {in_programme()}
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""

_BY_PROGRAMME = f"""
SELECT programme_id, split_part(code, '>', 1), split_part(code, '>', 2), sum(n)::bigint
FROM reports_hour
WHERE event = 'case:advanced' AND hour >= %(start)s AND hour < %(end)s AND real AND {in_programme()}
GROUP BY 1, 2, 3
"""

_STANDING = """
SELECT status, outcome, count(*) FROM cases_case
WHERE received_at >= %(start)s AND received_at < %(end)s AND NOT known
  AND (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid)
GROUP BY status, outcome ORDER BY count(*) DESC, status, outcome
"""


# A case that moves on from one of these has had its checks, or cannot have them any more.
_UNCHECKED = frozenset({"received", "checking"})


@dataclass(frozen=True, slots=True)
class Move:
    """How many cases moved from one status to another on one local day."""

    day: date
    before: str
    after: str
    cases: int


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
    by_machine: int
    by_people: int
    unresolved: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many cases have this status and outcome."""

    status: str
    outcome: str
    cases: int


def moves(window: Window) -> list[Move]:
    """What happened to cases in the window, by local day, status before and status after."""
    return [Move(*found) for found in rows(_MOVES, window.parameters)]


def ends(happened: list[Move]) -> Ends:
    def count(*after: str, before: frozenset[str] | None = None) -> int:
        return sum(move.cases for move in happened if move.after in after and (before is None or move.before in before))

    return Ends(
        by_machine=count("passed"),
        by_people=count("decided"),
        unresolved=count("unresolved"),
        erased=count("erased"),
        to_people=count("in_review", before=_UNCHECKED),
        checked=count("passed", "in_review", "unresolved", before=_UNCHECKED),
    )


def ends_by_day(window: Window, happened: list[Move]) -> list[Day]:
    """One for each local day of the window, also the empty ones."""
    by_day: dict[date, list[Move]] = {day: [] for day in window.days}
    for move in happened:
        by_day[move.day].append(move)
    found = {day: ends(of_day) for day, of_day in by_day.items()}
    return [Day(day, of_day.by_machine, of_day.by_people, of_day.unresolved) for day, of_day in found.items()]


def ends_by_programme(window: Window) -> dict[UUID | None, Ends]:
    """The same for each programme in which something happened."""
    found: dict[UUID | None, list[Move]] = {}
    for programme, before, after, times in rows(_BY_PROGRAMME, window.parameters):
        found.setdefault(programme, []).append(Move(window.first_day, before, after, times))
    return {programme: ends(happened) for programme, happened in found.items()}


def outcomes(window: Window) -> list[Standing]:
    """With which status and outcome cases ended in the window."""
    return [Standing(*found) for found in rows(_OUTCOMES, window.parameters)]


def standing(window: Window) -> list[Standing]:
    return [Standing(*found) for found in rows(_STANDING, window.parameters)]
