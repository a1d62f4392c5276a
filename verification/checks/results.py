"""What a check says, in one frozen shape. Imports nothing but the standard library.

Scores keep the unit and the range they were measured in: a cosine of 0.41 is stored as 0.41, never as a percentage.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from .reasons import Reason


class Band(StrEnum):
    """Where a score fell. Only `PASS` counts towards closing a case without a human look."""

    PASS = "pass"  # noqa: S105 - the name of a band, not a password
    """The score is on the good side of the policy's upper threshold."""
    AMBIGUOUS = "ambiguous"
    """Between the two thresholds: a person looks."""
    FAIL = "fail"
    """On the bad side of the lower threshold. A person looks here too: a machine turns nobody away."""
    ERROR = "error"
    """The check could not run. It says nothing about the person, and a person looks."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One finding of one check over a whole case.

    `score` is None when nothing could be measured; otherwise it is in `unit` and inside `low`..`high`, the range the
    measure can take. `model` and `model_sha256` name the file that produced it, or are None for plain arithmetic.
    """

    name: str
    band: Band
    score: float | None
    unit: str
    low: float
    high: float
    reasons: tuple[Reason, ...] = ()
    model: str | None = None
    model_sha256: str | None = None
    milliseconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, in field order. `from_dict` reads it back to an equal result."""
        return {**asdict(self), "band": self.band.value, "reasons": [reason.value for reason in self.reasons]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The result that `as_dict` wrote. Raises ValueError for an unknown band or reason."""
        fields = {
            **values,
            "band": Band(values["band"]),
            "reasons": tuple(Reason(reason) for reason in values["reasons"]),
        }
        return cls(**fields)
