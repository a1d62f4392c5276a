"""Keeping count of check results: by day, and of scores by week, so that a year of them is read in moments.

A day is tallied once, some minutes after it is over, by the sweeper. Days that are not tallied yet, today above all,
are counted where they are read, by the same query. An erasure takes a case's results away and leaves its day's counts.

Scores are rounded so that few numbers stand for many: to 0.01 where a measure ranges over two or less (a cosine, a
probability), else to two significant digits. Quantiles and the stability index are no finer than that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from .models import TalliedDay
from .query import rows
from .window import Window, midnight

# A transaction that began before midnight has ended by then, whatever it did.
SETTLES_WITHIN = timedelta(minutes=10)
_AT_ONCE = 40

# The moment a case's checks ended says which day its results belong to. A known case came from nobody.
_OF = """
FROM cases_case AS cases JOIN checks_result AS result ON result.case_id = cases.id
WHERE cases.settled_at >= %(start)s AND cases.settled_at < %(end)s AND NOT cases.known
"""
_DAY = "(cases.settled_at AT TIME ZONE %(zone)s)::date"
_REASONS = "array_to_string(ARRAY(SELECT jsonb_array_elements_text(result.reasons)), ',')"
_ROUNDED = """
CASE WHEN result.high - result.low <= 2 OR result.score = 0 THEN round(result.score::numeric, 2)
     ELSE round(result.score::numeric, 1 - floor(log(abs(result.score)))::int) END::double precision
"""

_RESULTS = f"""
SELECT {_DAY} AS day, cases.programme_id, cases.policy, result.name, result.band, {_REASONS} AS reasons,
       result.model, result.model_sha256, count(*) AS cases
{_OF} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_SCORES = f"""
SELECT date_trunc('week', {_DAY})::date AS week, cases.programme_id, result.name, {_ROUNDED} AS score,
       count(*) AS cases
{_OF} AND result.score IS NOT NULL GROUP BY 1, 2, 3, 4
"""
_KEEP_RESULTS = f"""
INSERT INTO report_day_of_results
    (day, programme_id, policy, name, band, reasons, model, model_sha256, cases) {_RESULTS}
"""
_KEEP_SCORES = f"""
INSERT INTO report_week_of_scores (week, programme_id, name, score, cases) {_SCORES}
ON CONFLICT (week, programme_id, name, score)
DO UPDATE SET cases = report_week_of_scores.cases + EXCLUDED.cases
"""
_FIRST = "SELECT min((settled_at AT TIME ZONE %(zone)s)::date) FROM cases_case"


def tally_days(limit: int = _AT_ONCE) -> int:
    """Tally days that are over and are not tallied yet, oldest first. Returns how many."""
    return sum(_tally(day) for day in _due()[:limit])


def _due() -> list[date]:
    ((first,),) = rows(_FIRST, {"zone": _zone()})
    if first is None:
        return []
    end = timezone.localdate(timezone.now() - SETTLES_WITHIN)
    done = set(TalliedDay.objects.values_list("day", flat=True))
    return [day for day in _days(first, end) if day not in done]


@transaction.atomic
def _tally(day: date) -> int:
    """Whoever writes the day's own row counts it; a second sweeper finds it there and counts nothing."""
    _, is_ours = TalliedDay.objects.get_or_create(day=day)
    if is_ours:
        with connection.cursor() as cursor:
            for sql in (_KEEP_RESULTS, _KEEP_SCORES):
                cursor.execute(sql, _between(day, day + timedelta(days=1)))
    return int(is_ours)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole local days that nobody tallied: from `first` (included) to `end` (excluded)."""

    first: date
    end: date


def untallied(first: date, end: date) -> list[Stretch]:
    """The stretches between two days (`end` excluded) that have to be counted where they are read."""
    done = set(TalliedDay.objects.filter(day__gte=first, day__lt=end).values_list("day", flat=True))
    stretches: list[Stretch] = []
    for day in _days(first, end):
        if day in done:
            continue
        if stretches and stretches[-1].end == day:
            stretches[-1] = Stretch(stretches[-1].first, day + timedelta(days=1))
        else:
            stretches.append(Stretch(day, day + timedelta(days=1)))
    return stretches


_TALLIED_RESULTS = """
SELECT name, band, reasons, sum(cases)::bigint FROM report_day_of_results
WHERE day >= %(first)s AND day < %(last)s
  AND (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid)
GROUP BY 1, 2, 3
"""
_OPEN_RESULTS = f"""
SELECT name, band, reasons, sum(cases)::bigint FROM ({_RESULTS}) AS found
WHERE (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid) GROUP BY 1, 2, 3
"""
_TALLIED_SCORES = """
SELECT week, name, score, sum(cases)::bigint FROM report_week_of_scores
WHERE week >= %(first)s AND week < %(last)s
  AND (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid)
GROUP BY 1, 2, 3
"""
_OPEN_SCORES = f"""
SELECT week, name, score, sum(cases)::bigint FROM ({_SCORES}) AS found
WHERE (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid) GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases of the window had this result of this check. `reasons` are codes, often none or one."""

    name: str
    band: str
    reasons: tuple[str, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Scored:
    """How many cases of the week that begins with `week` had about this score in this check."""

    week: date
    name: str
    score: float
    cases: int


def results(window: Window) -> list[Counted]:
    """Of the window's whole local days."""
    found = _read(_TALLIED_RESULTS, _OPEN_RESULTS, window, window.days[0], window.last_day + timedelta(days=1))
    return [Counted(name, band, tuple(codes.split(",")) if codes else (), cases) for name, band, codes, cases in found]


def scores(window: Window) -> list[Scored]:
    """Of the whole weeks that the window touches."""
    end = monday(window.last_day) + timedelta(days=7)
    return [Scored(*found) for found in _read(_TALLIED_SCORES, _OPEN_SCORES, window, monday(window.days[0]), end)]


_USED = """
SELECT name, policy, model, model_sha256, min(day), max(day), sum(cases)::bigint
FROM {} AS found GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Used:
    """What a check's results were judged by and measured with, from its first day to its last. `model` may be empty."""

    name: str
    policy: str
    model: str
    model_sha256: str
    first: date
    last: date
    cases: int


def used() -> list[Used]:
    """Of all results ever counted, whatever the window."""
    ((first,),) = rows(_FIRST, {"zone": _zone()})
    found = rows(_USED.format("report_day_of_results"), {})
    for stretch in untallied(first, timezone.localdate() + timedelta(days=1)) if first else ():
        found += rows(_USED.format(f"({_RESULTS})"), _between(stretch.first, stretch.end))
    return [Used(*one) for one in found]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _read(tallied: str, live: str, window: Window, first: date, end: date) -> list[tuple[Any, ...]]:
    """What stands in the tallies, and behind it what is counted now: the same key can come more than once."""
    asked = {"programme": window.programme}
    found = rows(tallied, asked | {"first": first, "last": end})
    for stretch in untallied(first, min(end, timezone.localdate() + timedelta(days=1))):
        found += rows(live, asked | _between(stretch.first, stretch.end))
    return found


def _between(first: date, end: date) -> dict[str, Any]:
    return {"start": midnight(first), "end": midnight(end), "zone": _zone()}


def _zone() -> str:
    return timezone.get_current_timezone_name()


def _days(first: date, end: date) -> Iterable[date]:
    return (first + timedelta(days=step) for step in range((end - first).days))
