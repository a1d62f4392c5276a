"""One embedding out of two, so that the rest of the project compares faces by a single cosine."""

from __future__ import annotations

import numpy as np

from .embedder import SFace
from .second_embedder import SecondEmbedder
from .shapes import Embedding, Face, Landmarks, Pixels

SECOND_SHARE = 0.25


class FusedEmbedder:
    """SFace and the second embedder side by side: 640 numbers of unit length.

    Each part is scaled by the root of its share, so that the cosine of two fused embeddings is exactly
    0.75 × the cosine of the first parts + 0.25 × that of the second. What this brings is written in thresholds.py.
    """

    def __init__(self, first: SFace, second: SecondEmbedder) -> None:
        self._first, self._second = first, second

    def embed(self, pixels: Pixels, face: Face, landmarks: Landmarks) -> Embedding:
        """The unit embedding of one face."""
        return fused(self._first.embed(pixels, face), self._second.embed(pixels, landmarks))


def fused(first: Embedding, second: Embedding) -> Embedding:
    """The two unit embeddings as one."""
    parts = (np.sqrt(1 - SECOND_SHARE) * first, np.sqrt(SECOND_SHARE) * second)
    return np.concatenate(parts).astype(np.float32)
