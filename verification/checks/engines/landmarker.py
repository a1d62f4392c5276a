"""68 landmarks (iBUG order) from a small regression network, good to about 60° of yaw and 45° of roll."""

from __future__ import annotations

import cv2
import numpy as np

from .geometry import cut, square
from .sessions import Session
from .shapes import Face, Landmarks, Pixels

SIDE = 64


class LandmarkNet:
    """Landmarks of one face."""

    def __init__(self, model: bytes) -> None:
        self._session = Session(model)

    def find(self, pixels: Pixels, face: Face) -> Landmarks:
        """68 × 2 points in pixels of the picture; they may fall outside it where the face does."""
        x, y, side = square(face)
        grey = cv2.cvtColor(cut(pixels, x, y, side, SIDE), cv2.COLOR_BGR2GRAY) / np.float32(256)
        relative = self._session.run(grey[np.newaxis, np.newaxis]).reshape(68, 2)
        return Landmarks(np.asarray(relative * side + np.array([x, y]), np.float32))
