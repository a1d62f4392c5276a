"""Whether scores move over the weeks. Pure arithmetic on counts of rounded scores.

The stability index is Σ (p - q) ln(p / q) over about ten parts of the first period that hold about as many scores each,
q their shares then and p their shares now, with half a case added to every part so that an empty one is no infinity.
By custom below 0.1 is steady, from 0.25 on something has changed (Siddiqi, Credit Risk Scorecards, 2006). Two samples
of one and the same distribution come to about 9 (1 / n + 1 / m) by chance alone: 0.09 for 200 and 200. Hence `LEAST`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

LEAST = 200
"""Scores that a week must have before it is compared with another one, or is one to compare with."""
PARTS = 10
STEADY, CHANGED = 0.1, 0.25

Counts = Mapping[float, int]
"""How many cases had each (rounded) score."""


class Drift(StrEnum):
    STEADY = "steady"
    WATCH = "watch"
    CHANGED = "changed"
    NOT_ENOUGH = "not_enough"
    FIRST = "first"
    """The week that the others are compared with."""


@dataclass(frozen=True, slots=True)
class Week:
    """The scores of one check in a week. `index` is None where it says nothing."""

    week: date
    cases: int
    low: float
    median: float
    high: float
    index: float | None
    drift: Drift


def weeks(found: Mapping[date, Counts]) -> list[Week]:
    """Every week that has scores, in order; the first one with `LEAST` is what later ones are held against."""
    first = next((week for week in sorted(found) if sum(found[week].values()) >= LEAST), None)
    reference = found[first] if first else {}
    return [_week(week, found[week], reference, first) for week in sorted(found)]


def quantile(counts: Counts, share: float) -> float:
    """The least score that `share` (0 to 1) of the cases do not exceed. Raises ValueError where there are none."""
    total, below = sum(counts.values()), 0
    for score in sorted(counts):
        below += counts[score]
        if below >= share * total and below:
            return score
    raise ValueError("a quantile of nothing")


def stability_index(reference: Counts, now: Counts) -> float:
    """0 for equal shares; grows with any difference. Raises ValueError where either has no cases."""
    cuts = _cuts(reference)
    before, after = _shares(reference, cuts), _shares(now, cuts)
    return sum((p - q) * log(p / q) for q, p in zip(before, after, strict=True))


def judged(index: float | None) -> Drift:
    if index is None:
        return Drift.NOT_ENOUGH
    if index < STEADY:
        return Drift.STEADY
    return Drift.WATCH if index < CHANGED else Drift.CHANGED


def _week(week: date, counts: Counts, reference: Counts, first: date | None) -> Week:
    cases = sum(counts.values())
    low, median, high = (quantile(counts, share) for share in (0.05, 0.5, 0.95))
    if week == first:
        return Week(week, cases, low, median, high, None, Drift.FIRST)
    comparable = first is not None and week > first and cases >= LEAST
    index = stability_index(reference, counts) if comparable else None
    return Week(week, cases, low, median, high, index, judged(index))


def _cuts(reference: Counts) -> list[tuple[float, int]]:
    """Where parts end: (score, 1) behind a score, and (score, 0) before one that so many have that it is a part."""
    ends = {quantile(reference, part / PARTS) for part in range(1, PARTS)}
    many = sum(reference.values()) / PARTS
    return sorted({(end, 1) for end in ends} | {(end, 0) for end in ends if reference[end] >= many})


def _shares(counts: Counts, cuts: list[tuple[float, int]]) -> list[float]:
    filled = [0.5] * (len(cuts) + 1)
    for score, cases in counts.items():
        filled[bisect_left(cuts, (score, 1))] += cases
    return [part / sum(filled) for part in filled]


def by_week(scored: Iterable[tuple[date, float, int]]) -> dict[date, dict[float, int]]:
    """Counts by week and score; the same score of a week may come in several portions."""
    found: dict[date, dict[float, int]] = {}
    for week, score, cases in scored:
        counts = found.setdefault(week, {})
        counts[score] = counts.get(score, 0) + cases
    return found
