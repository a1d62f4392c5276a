"""An InsightFace embedder, when MODEL_SET names a pack. Its weights are for non-commercial research only.

Only the pack's recognition network is used, through insightface itself; detection and the other networks stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .geometry import aligned
from .shapes import Embedding, Face, Landmarks, Pixels


class InsightFaceEmbedder:
    """Embeddings from one recognition network, loaded by `insightface.model_zoo`."""

    def __init__(self, file: Path, **options: Any) -> None:
        from insightface.model_zoo import get_model

        self._model = get_model(str(file), providers=["CPUExecutionProvider"], **options)

    def embed(self, pixels: Pixels, face: Face, landmarks: Landmarks) -> Embedding:
        """The unit embedding of one face. The landmarks are not needed.

        The face is aligned here, not by insightface: its aligner calls what scikit-image is about to remove.
        """
        raw = self._model.get_feat(aligned(pixels, face.points)).ravel()
        return np.asarray(raw / np.linalg.norm(raw), np.float32)
