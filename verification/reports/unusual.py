"""Days on which somebody looked unlike their own past: a question to ask, not an answer.

Each person is held against themselves, never against others, whose work differs. The measure is the modified z-score of
Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993): 0.6745 (x - median) / MAD over the person's own earlier
days, in which a few odd days move neither the median nor the spread; beyond 3.5 counts as unusual, as they propose. A
spread below one, or below a tenth of the median, is taken for that, so that somebody very regular is not reported for
one look more. Only days with more than usual are named, and only where there are enough earlier days to speak of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

from .look_patterns import OUT_OF_HOURS, parameters
from .query import in_programme, rows
from .window import Window

THRESHOLD = 3.5
PAST = timedelta(days=60)
ENOUGH_DAYS = 10
MEASURES = ("looks", "out_of_hours", "undecided")

_DAYS = f"""
SELECT look.actor_id, (look.hour AT TIME ZONE %(zone)s)::date, sum(look.looks)::bigint,
       COALESCE(sum(look.looks) FILTER (WHERE {OUT_OF_HOURS}), 0)::bigint,
       count(DISTINCT look.claim) FILTER (WHERE taken.decided_at IS NULL AND taken.ended_at IS NOT NULL)
FROM reports_look AS look LEFT JOIN reports_claim AS taken USING (claim)
WHERE look.hour >= %(start)s AND look.hour < %(end)s AND {in_programme("look.programme_id")}
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Unusual:
    """A person's day that differs: `measure` is one of `MEASURES`, `usual` their median, `score` how far it is off."""

    person: str
    day: date
    measure: str
    value: int
    usual: float
    score: float
    days: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is unusual, the furthest first, and how many people had too short a past to say."""

    unusual: list[Unusual]
    too_new: int
    judged: int


Day = tuple[date, tuple[int, ...]]


def unusual(window: Window) -> Found:
    by_person: dict[str, list[Day]] = defaultdict(list)
    for person, day, *values in rows(_DAYS, parameters(replace(window, start=window.start - PAST))):
        by_person[person].append((day, tuple(values)))
    first = window.first_day
    here = {person: days for person, days in by_person.items() if days[-1][0] >= first}
    found = [one for person, days in here.items() for one in _of_person(person, days, first)]
    too_new = sum(1 for days in here.values() if len(days) <= ENOUGH_DAYS)
    found.sort(key=lambda one: (-one.score, one.day, one.person))
    return Found(found, too_new, len(here))


def _of_person(person: str, days: Sequence[Day], first: date) -> Iterator[Unusual]:
    for place, (day, values) in enumerate(days):
        past = [earlier for when, earlier in days[:place] if when >= day - PAST]
        if day < first or len(past) < ENOUGH_DAYS:
            continue
        for number, measure in enumerate(MEASURES):
            usual, score = deviation(values[number], [earlier[number] for earlier in past])
            if score > THRESHOLD:
                yield Unusual(person, day, measure, values[number], usual, score, len(past))


def deviation(value: int, past: Sequence[int]) -> tuple[float, float]:
    """The median of the past, and the modified z-score of the value against it."""
    usual = median(past)
    spread = max(median(abs(one - usual) for one in past), 1.0, 0.1 * usual)
    return usual, 0.6745 * (value - usual) / spread
