"""When a case that waits for a person is due. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from verification.checks.reasons import Reason

RISKY = frozenset(
    {
        # Somebody else than the reference, or somebody else half-way.
        Reason.DIFFERENT_PERSON,
        Reason.FACES_DIFFER_BETWEEN_IMAGES,
        Reason.FACES_DIFFER_IN_CLIP,
        Reason.FACE_JUMPED,
        Reason.VOICE_CHANGES,
        Reason.VOICE_LIPS_APART,
        # A picture, a screen or a mask before the camera.
        Reason.NOT_LIVE,
        # A recording in the camera's place. Gaps and an early end are not here: a busy telephone makes those as well.
        Reason.NONCE_NOT_FRESH,
        Reason.ANSWER_LATE,
        Reason.ANSWER_OUT_OF_ORDER,
        Reason.CLIP_SEEN_BEFORE,
        Reason.CAMERA_VIRTUAL,
        Reason.FRAMES_FROZEN,
        Reason.FRAMES_REPEAT,
        Reason.RECORDING_CONTRADICTS_ITSELF,
        Reason.RECORDING_TOO_REGULAR,
    }
)
"""Signs that somebody may be taking another person's place: the sooner a person looks, the less they can do meanwhile.

A sign that the person may need help is none of these; it has its own place in the queue, before all due times. Nor is
what was merely unclear, nor a challenge that was not answered in full, nor an image that the relying party took.
"""


def is_risky(reasons: Iterable[str]) -> bool:
    """Whether any of a case's reason codes is such a sign. Unknown codes are none."""
    return any(code in RISKY for code in reasons)


def due_after(minutes: int, *, risky: bool) -> timedelta:
    """How long a case may wait, given its programme's `minutes`: half as long where there is a sign of an attack.

    Risk moves the due time rather than the order, so that the queue has one order and no case waits for ever.
    """
    return timedelta(minutes=minutes) / (2 if risky else 1)
