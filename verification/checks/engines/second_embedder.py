"""A second, smaller embedding, aligned by the 68 landmarks instead of the detector's points.

Alone it is much weaker than SFace; because its mistakes are others, both together make fewer (see thresholds.py).
"""

from __future__ import annotations

import cv2
import numpy as np

from .geometry import aligned
from .shapes import Embedding, Landmarks, Pixels, Points


class SecondEmbedder:
    """Embeddings of 512 numbers. Holds the network; not to be shared between threads."""

    def __init__(self, model: bytes) -> None:
        self._network = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))

    def embed(self, pixels: Pixels, landmarks: Landmarks) -> Embedding:
        """The unit embedding of the face that the landmarks belong to. The network wants (RGB − 127) / 128."""
        face = aligned(pixels, five_of(landmarks.points))
        self._network.setInput(cv2.dnn.blobFromImage(face, 1 / 128, mean=(127, 127, 127), swapRB=True))
        raw = self._network.forward().ravel()
        return np.asarray(raw / np.linalg.norm(raw), np.float32)


def five_of(points: Points) -> Points:
    """Eye centres (from the lids), nose tip and mouth corners (outer and inner lip) out of 68 points; 5 × 2."""
    groups = ([37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64])
    return np.array([points[group].mean(axis=0) for group in groups], np.float32)
