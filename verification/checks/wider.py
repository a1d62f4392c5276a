"""Which picture of a case a wider view is drawn from: the one that its reviewers see the face of.

Nothing is drawn before somebody asked and others agreed, so the pixels come from the stored images once more, and this
decodes as few of them as it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .clips import Clip
from .match import turned_away

if TYPE_CHECKING:
    from .engines.bundle import Engines
    from .engines.shapes import Examined

FACE_AND_NECK, FRAME = 1, 2
"""The tiers. Tier 0, the face, is the crop."""
TRIED = 8
"""Frames of a clip that are looked at when nobody remembers which was the best."""


def wider_of_images(tier: int, live: Sequence[bytes], engines: Engines) -> bytes | None:
    """PNG of the most frontal live image, as the crop is; None where no face can be outlined (tier 1).

    `live` are JPEG or PNG as they were stored. Raises ValueError for another tier or for none; NotAnImage.
    """
    return _drawn(tier, [(engines.examine(f"live-{number}", data), data) for number, data in enumerate(live)])


def wider_of_clip(tier: int, clip: Clip, engines: Engines, best_ms: int | None = None) -> bytes | None:
    """PNG of the frame at `best_ms`, which the checks chose and `asked.best_moment` remembers.

    Without it, of the most frontal of a few frames. None where no face can be outlined (tier 1). Raises ValueError for
    another tier; NotAnImage.
    """
    from .engines.tracking import frame_by_itself

    numbers = spread(clip) if best_ms is None else [nearest(clip, best_ms)]
    return _drawn(
        tier, [(frame_by_itself(clip, number, f"frame-{number}", engines), clip.frames[number]) for number in numbers]
    )


def spread(clip: Clip) -> list[int]:
    """Numbers of a few frames, from the first to the last."""
    last = len(clip.frames) - 1
    return sorted({round(place * last / (TRIED - 1)) for place in range(TRIED)})


def nearest(clip: Clip, at_ms: int) -> int:
    """Number of the frame nearest to a time."""
    return min(range(len(clip.frames)), key=lambda number: abs(clip.times_ms[number] - at_ms))


def _drawn(tier: int, images: Iterable[tuple[Examined, bytes]]) -> bytes | None:
    """Of the most frontal image whose face can be outlined; the whole frame also where there is none."""
    from .engines.wider import face_and_neck, whole_frame

    if tier not in (FACE_AND_NECK, FRAME):
        raise ValueError("a wider view is of tier 1 or 2")
    in_order = sorted(images, key=lambda image: turned_away(image[0]))
    if not in_order:
        raise ValueError("a wider view needs an image")
    outlined = next(((png, data) for image, data in in_order if (png := face_and_neck(image))), None)
    if tier == FACE_AND_NECK:
        return outlined[0] if outlined else None
    return whole_frame(outlined[1] if outlined else in_order[0][1])
