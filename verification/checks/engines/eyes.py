"""Are the eyes closed?"""

from __future__ import annotations

import cv2
import numpy as np

from .geometry import cut
from .sessions import Session, softmax
from .shapes import Eyes, Landmarks, Pixels, Points

SIDE, CLOSED, WIDTHS = 24, 0, 1.6
RIGHT, LEFT = slice(36, 42), slice(42, 48)


class EyeNet:
    """Open or closed, one eye at a time."""

    def __init__(self, model: bytes) -> None:
        self._session = Session(model)

    def closed(self, pixels: Pixels, landmarks: Landmarks) -> Eyes:
        """Probability that each eye is closed, 0..1. An eye hidden by a turned head gives no useful number."""
        return Eyes(*(self._closed(pixels, landmarks.points[eye]) for eye in (RIGHT, LEFT)))

    def _closed(self, pixels: Pixels, eye: Points) -> float:
        side = max(float(np.ptp(eye[:, 0])) * WIDTHS, 1.0)
        x, y = eye.mean(axis=0) - side / 2
        grey = cv2.cvtColor(cut(pixels, float(x), float(y), side, SIDE), cv2.COLOR_BGR2GRAY) / np.float32(255)
        return float(softmax(self._session.run(grey[np.newaxis, np.newaxis]))[0, CLOSED])
