"""Passive liveness with a MiniFASNetV2-SE network: is this a person, or a print or a screen?"""

from __future__ import annotations

import cv2
import numpy as np

from .geometry import wide_square
from .sessions import Session, softmax
from .shapes import Face, Pixels

SIDE, LIVE = 128, 0


class LivenessNet:
    """Blind to some masks, cut-outs, computer-made faces and files that were never filmed; one signal among others."""

    def __init__(self, model: bytes) -> None:
        self._session = Session(model)

    def live(self, pixels: Pixels, face: Face) -> float:
        """Probability of a living person, 0..1. Fed blue-green-red 0..255, as the network was trained."""
        left, top, right, bottom = wide_square(face, pixels.shape)
        view = cv2.resize(pixels[top : bottom + 1, left : right + 1], (SIDE, SIDE))
        logits = self._session.run(view.transpose(2, 0, 1)[np.newaxis])
        return float(softmax(logits)[0, LIVE])
