"""Where a score falls: the three bands of one check, as numbers. No Django, no vision library."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from .results import Band

SEVERITY = {Band.PASS: 0, Band.AMBIGUOUS: 1, Band.FAIL: 2}


@dataclass(frozen=True, slots=True)
class Bands:
    """From `pass_from` to `pass_to` passes; below `fail_below` or above `fail_above` fails; the rest is unclear.

    `model` names the model that the numbers were derived for. Scores of any other model never pass: a cosine of 0.42
    means one thing for one network and another for the next.
    """

    fail_below: float = -inf
    pass_from: float = -inf
    pass_to: float = inf
    fail_above: float = inf
    model: str = ""

    def __post_init__(self) -> None:
        if not self.fail_below <= self.pass_from <= self.pass_to <= self.fail_above:
            raise ValueError("bands must be in order: fail_below, pass_from, pass_to, fail_above")

    def of(self, score: float, model: str = "") -> Band:
        """The band of a score. Not-a-number is ambiguous; an uncalibrated model is ambiguous at best."""
        if score < self.fail_below or score > self.fail_above:
            return Band.FAIL
        if self.pass_from <= score <= self.pass_to and model == self.model:
            return Band.PASS
        return Band.AMBIGUOUS

    def badness(self, score: float) -> tuple[int, float]:
        """Sorts scores from the best to the worst: first by band, then by distance from what passes."""
        return SEVERITY[self.of(score, self.model)], max(self.pass_from - score, score - self.pass_to)
