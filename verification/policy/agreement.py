"""How often people err, and how far they agree beyond chance. Pure arithmetic on counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""The two-sided 95 % point of the normal distribution."""
NOT_ENOUGH = 53
"""Impostors that a reviewer must have seen before an error rate of theirs is spoken of. With 53 and no error the exact
one-sided 95 % bound is 5.5 % and Wilson's upper one 6.8 %: under half of the 14 % that passport officers accept."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A value with its 95 % bounds."""

    value: float
    low: float
    high: float


def wilson(errors: int, trials: int) -> Bounded | None:
    """The score interval of Wilson (JASA 22, 1927): never outside 0..1, and sound for few trials. None without any.

    Two-sided, unlike the exact upper bound of `checks.evaluation.rates`, because here a reader sees both ends.
    """
    if trials == 0:
        return None
    share, z2 = errors / trials, Z * Z
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z / (1 + z2 / trials) * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    # What rounding adds would read as a rate below nothing or above all.
    return Bounded(
        share, max(0.0, middle - half) if errors else 0.0, min(1.0, middle + half) if errors < trials else 1.0
    )


def kappa(pairs: Mapping[tuple[str, str], int]) -> Bounded | None:
    """Cohen's κ (Educ. Psychol. Meas. 20, 1960) of two raters, with the large-sample error of that paper.

    `pairs` counts (first rater's answer, second's). κ = (a - e) / (1 - e), a the share that agrees and e what chance
    would make agree, from each rater's own shares; error √(a (1 - a) / (n (1 - e)²)). None without pairs, and where
    chance alone would agree always.
    """
    total = sum(pairs.values())
    if total == 0:
        return None
    agreed = _agreed(pairs) / total
    categories = _categories(pairs)
    first = {one: sum(n for (a, _), n in pairs.items() if a == one) / total for one in categories}
    second = {one: sum(n for (_, b), n in pairs.items() if b == one) / total for one in categories}
    chance = sum(first[one] * second[one] for one in categories)
    return _beyond_chance(agreed, chance, sqrt(agreed * (1 - agreed) / total))


def ac1(pairs: Mapping[tuple[str, str], int], categories: int) -> Bounded | None:
    """Gwet's AC1 (Br. J. Math. Stat. Psychol. 61, 2008), which keeps its meaning where nearly all answers are alike.

    `categories` is how many answers there are to give, also those nobody gave, and at least 2. Chance agreement is
    Σ π (1 - π) / (q - 1) with π an answer's mean share over both raters. The bounds hold chance agreement fixed, as
    for κ, which makes them a little narrow. None without pairs.
    """
    total = sum(pairs.values())
    if total == 0:
        return None
    agreed = _agreed(pairs) / total
    given = Counter(answer for pair in pairs for answer in pair for _ in range(pairs[pair]))
    shares = [count / (2 * total) for count in given.values()]
    chance = sum(share * (1 - share) for share in shares) / (categories - 1)
    return _beyond_chance(agreed, chance, sqrt(agreed * (1 - agreed) / total))


def _beyond_chance(agreed: float, chance: float, error: float) -> Bounded | None:
    if chance >= 1:
        return None
    value, half = (agreed - chance) / (1 - chance), Z * error / (1 - chance)
    return Bounded(value, max(-1.0, value - half), min(1.0, value + half))


def _agreed(pairs: Mapping[tuple[str, str], int]) -> int:
    return sum(count for (one, other), count in pairs.items() if one == other)


def _categories(pairs: Mapping[tuple[str, str], int]) -> Sequence[str]:
    return sorted({answer for pair in pairs for answer in pair})
