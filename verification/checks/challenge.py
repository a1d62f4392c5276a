"""Was every step of the challenge answered inside its window?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .bands import Bands
from .reasons import Reason
from .results import Band, CheckResult
from .scales import Scale
from .steps import Answer

CHALLENGE = Scale("challenge", "share of steps answered", 0, 1, Reason.CHALLENGE_NOT_ANSWERED)


def challenge(answers: Sequence[Answer], bands: Bands) -> CheckResult:
    """The share of the steps that were answered. A challenge without steps asked nothing: nothing is measured."""
    if not answers:
        return CHALLENGE.worst([], bands)
    result = CHALLENGE.worst([sum(answer.answered for answer in answers) / len(answers)], bands)
    if result.band is Band.AMBIGUOUS:
        return replace(result, reasons=(Reason.CHALLENGE_PARTLY_ANSWERED,))
    return result
