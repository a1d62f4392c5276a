"""When a case that waits for a person is due. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from verification.checks.reasons import Reason

RISKY = frozenset(
    {
        Reason.NONCE_NOT_FRESH,
        Reason.ANSWER_OUT_OF_ORDER,
        Reason.CLIP_SEEN_BEFORE,
        Reason.FRAMES_FROZEN,
        Reason.FRAMES_REPEAT,
        Reason.RECORDING_CONTRADICTS_ITSELF,
        Reason.CAMERA_VIRTUAL,
        Reason.NOT_LIVE,
        Reason.FACES_DIFFER_IN_CLIP,
    }
)
"""Signs that somebody may be taking another person's place: the sooner it is seen, the less harm it does."""


def is_risky(reasons: Iterable[str]) -> bool:
    """Whether any of a case's reason codes is such a sign. Unknown codes are none."""
    return any(code in RISKY for code in reasons)


def due_after(minutes: int, *, risky: bool) -> timedelta:
    """How long a case may wait, given its programme's `minutes`: half as long where there is a sign of an attack.

    Risk moves the due time rather than the order, so that the queue has one order and no case waits for ever.
    """
    return timedelta(minutes=minutes) / (2 if risky else 1)
