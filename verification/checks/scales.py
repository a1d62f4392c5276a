"""How a list of measurements, one per image, becomes one result: the worst of them speaks for the case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .bands import Bands
from .reasons import Reason
from .results import Band, CheckResult


@dataclass(frozen=True, slots=True)
class Scale:
    """What a check measures, and what it says when the measure is not good enough.

    `unclear` is the reason in the ambiguous band where it differs from the reason for a failure.
    """

    name: str
    unit: str
    low: float
    high: float
    too_low: Reason
    too_high: Reason | None = None
    unclear: Reason | None = None

    def worst(self, values: Sequence[float | None], bands: Bands, model: tuple[str, str] = ("", "")) -> CheckResult:
        """The result of the worst value. None among the values means that an image had no face to measure.

        Raises ValueError for a value that is not a number: a check that computes one did not work.
        """
        measured = [value for value in values if value is not None]
        if not measured or len(measured) < len(values):
            return self.result(Band.AMBIGUOUS, None, Reason.NOTHING_TO_MEASURE, model)
        if not all(math.isfinite(value) for value in measured):
            raise ValueError(f"{self.name} measured something that is not a number")
        score = max(measured, key=bands.badness)
        band = bands.of(score, model[0])
        return self.result(band, score, self._reason(score, band, bands), model)

    def _reason(self, score: float, band: Band, bands: Bands) -> Reason | None:
        if band is Band.PASS:
            return None
        if band is Band.AMBIGUOUS and self.unclear:
            return self.unclear
        return self.too_high if score > bands.pass_to and self.too_high else self.too_low

    def result(
        self, band: Band, score: float | None, reason: Reason | None, model: tuple[str, str] = ("", "")
    ) -> CheckResult:
        """A result on this scale. `model` is (id, SHA-256), both empty for plain arithmetic."""
        reasons = () if reason is None else (reason,)
        return CheckResult(
            self.name, band, score, self.unit, self.low, self.high, reasons, model[0] or None, model[1] or None
        )
