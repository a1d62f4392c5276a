"""Frames of a labelled video file. For evaluation only: no video reaches the checks of a case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from .shapes import Pixels

PER_SECOND, AT_MOST = 2, 30
USUAL_RATE = 25.0


def frames(path: Path) -> Iterator[Pixels]:
    """Two frames a second, thirty at most, in the order of the clip. None for a file that is not a video."""
    clip = cv2.VideoCapture(str(path))
    try:
        rate = clip.get(cv2.CAP_PROP_FPS)
        step = max(1, round((rate if 0 < rate < 1000 else USUAL_RATE) / PER_SECOND))
        # The number of frames that a file declares can be nonsense, so the clip is simply read to its end.
        for number in range(step * AT_MOST):
            if not clip.grab():
                return
            if number % step == 0:
                yield np.asarray(clip.retrieve()[1], np.uint8)
    finally:
        clip.release()
