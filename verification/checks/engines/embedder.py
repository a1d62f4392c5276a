"""Turn a face into an embedding with SFace (OpenCV Zoo), run by OpenCV, which is faster here than onnxruntime."""

from __future__ import annotations

import cv2
import numpy as np

from .geometry import aligned
from .shapes import Embedding, Face, Pixels


class SFace:
    """Embeddings of 128 numbers. Holds the network; not to be shared between threads."""

    def __init__(self, model: bytes) -> None:
        self._network = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))

    def embed(self, pixels: Pixels, face: Face) -> Embedding:
        """The unit embedding of one face."""
        return self.embed_aligned(aligned(pixels, face.points))

    def embed_aligned(self, face: Pixels) -> Embedding:
        """The unit embedding of an aligned 112 × 112 face.

        The network wants red-green-blue 0..255 and scales by itself: given blue-green-red its answers still look
        sensible (cosine 0.94 to the right ones), so a test pins the order.
        """
        self._network.setInput(cv2.dnn.blobFromImage(face, swapRB=True))
        raw = self._network.forward().ravel()
        return np.asarray(raw / np.linalg.norm(raw), np.float32)
