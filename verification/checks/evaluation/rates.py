"""An error rate is a count, and a count has a bound."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
STEPS = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """`errors` among `trials` comparisons or presentations."""

    errors: int
    trials: int

    @property
    def value(self) -> float | None:
        """The share of errors, 0..1, or None without trials."""
        return self.errors / self.trials if self.trials else None

    @property
    def upper95(self) -> float:
        """The one-sided upper 95 % bound of Clopper and Pearson (Biometrika 26, 1934): exact, and 1 without trials.

        It is the rate at which so few errors would still be seen once in twenty times. It takes trials to be
        independent, which several pictures of one person are not: with few people the truth is somewhat wider.
        """
        if self.errors >= self.trials:
            return 1.0
        low, high = self.errors / self.trials, 1.0
        for _ in range(STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if _at_most(self.errors, self.trials, middle) > 1 - CONFIDENCE else (low, middle)
        return high

    def can_show(self, target: float) -> bool:
        """Whether so many trials without any error would bound the rate by `target` (the rule of three, exactly).

        0.0001 takes 29,956 comparisons; 0.07 takes 42 presentations.
        """
        return Rate(0, self.trials).upper95 <= target


def _at_most(errors: int, trials: int, rate: float) -> float:
    """Probability of at most `errors` errors: the binomial distribution, term by term in logarithms."""
    if rate >= 1:
        return 0.0
    first = lgamma(trials + 1)
    return sum(
        exp(
            first - lgamma(k + 1) - lgamma(trials - k + 1) + (k * log(rate) if k else 0.0) + (trials - k) * log1p(-rate)
        )
        for k in range(errors + 1)
    )
