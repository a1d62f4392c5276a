"""Looks by hour, day, reason and person: when people looked and why, and what they were refused.

Out of hours is whatever lies outside the office hours that the installation states, in its own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from .query import in_programme, rows
from .window import Window

_LOOKS = f"FROM reports_look WHERE hour >= %(start)s AND hour < %(end)s AND {in_programme()}"
_LOCAL = "(hour AT TIME ZONE %(zone)s)"
OUT_OF_HOURS = f"""(extract(isodow FROM {_LOCAL}) > %(office_days)s OR extract(hour FROM {_LOCAL}) < %(opens)s
                    OR extract(hour FROM {_LOCAL}) >= %(closes)s)"""

_BY_HOUR = f"SELECT extract(hour FROM {_LOCAL})::int, sum(looks)::bigint {_LOOKS} GROUP BY 1"
_BY_DAY = (
    f"SELECT {_LOCAL}::date, sum(looks)::bigint, sum(looks) FILTER (WHERE {OUT_OF_HOURS})::bigint {_LOOKS} GROUP BY 1"
)
_BY_REASON = f"""
SELECT event, reason, sum(looks)::bigint, count(DISTINCT actor_id), count(DISTINCT case_id)
{_LOOKS} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_OUT_BY_PERSON = f"SELECT actor_id, sum(looks)::bigint {_LOOKS} AND {OUT_OF_HOURS} GROUP BY 1"

_REFUSED_BY_PERSON = """
SELECT actor_id, sum(n)::bigint FROM reports_hour
WHERE event = ANY(%(events)s) AND hour >= %(start)s AND hour < %(end)s AND actor_kind = 'person'
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class DayOfLooks:
    day: date
    looks: int
    out_of_hours: int


@dataclass(frozen=True, slots=True)
class Why:
    """How often one reason was given for a look, by how many people, at how many cases."""

    event: str
    reason: str
    looks: int
    people: int
    cases: int


def by_hour(window: Window) -> list[int]:
    """Looks in each of the 24 local hours of a day."""
    found = dict(rows(_BY_HOUR, parameters(window)))
    return [found.get(hour, 0) for hour in range(24)]


def by_day(window: Window) -> list[DayOfLooks]:
    """One for each local day of the window, also the empty ones."""
    found = {day: (looks, out or 0) for day, looks, out in rows(_BY_DAY, parameters(window))}
    return [DayOfLooks(day, *found.get(day, (0, 0))) for day in window.days]


def by_reason(window: Window) -> list[Why]:
    return [Why(*found) for found in rows(_BY_REASON, parameters(window))]


def out_of_hours(window: Window) -> dict[str, int]:
    """Looks out of hours by actor id; people without any are left out."""
    return dict(rows(_OUT_BY_PERSON, parameters(window)))


def over_budget(window: Window) -> dict[str, int]:
    """In how many hours somebody's budget of looks was spent, by actor id."""
    return _by_person(window, ["budget:spent"])


def refused(window: Window, events: list[str]) -> dict[str, int]:
    """Refused attempts of any programme, by actor id."""
    return _by_person(window, events)


def _by_person(window: Window, events: list[str]) -> dict[str, int]:
    return dict(rows(_REFUSED_BY_PERSON, parameters(window) | {"events": events}))


def parameters(window: Window) -> dict[str, Any]:
    office = {"opens": settings.OFFICE_OPENS, "closes": settings.OFFICE_CLOSES, "office_days": settings.OFFICE_DAYS}
    return window.parameters | office
