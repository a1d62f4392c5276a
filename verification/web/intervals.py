"""A rate with its bounds, ready to be drawn as a bar: numbers for the drawing, words for whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass

from verification.policy.agreement import Bounded

# Where the scale may end. Most rates lie near nought, where a scale to 100 % would show nothing.
_ENDS = (0.1, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """`start`, `width` and `at` lie on a scale from 0 to 100, which stands for nought to `end`."""

    value: str
    low: str
    high: str
    start: float
    width: float
    at: float
    end: str


def drawn(rate: Bounded | None) -> Drawn | None:
    """None of nothing."""
    if rate is None:
        return None
    end = next(end for end in _ENDS if rate.high <= end)
    start, high, at = (round(100 * share / end, 2) for share in (rate.low, rate.high, rate.value))
    return Drawn(
        f"{rate.value:.1%}", f"{rate.low:.1%}", f"{rate.high:.1%}", start, round(high - start, 2), at, f"{end:.0%}"
    )
