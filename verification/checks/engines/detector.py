"""Find faces with YuNet (OpenCV Zoo), through OpenCV's own wrapper."""

from __future__ import annotations

import cv2
import numpy as np

from .shapes import Face, Pixels

LONGEST_SIDE = 640
SCORE, OVERLAP = 0.6, 0.3


class YuNet:
    """Faces in a picture. Holds the network; not to be shared between threads."""

    def __init__(self, model: bytes) -> None:
        network = np.frombuffer(model, np.uint8)
        self._network = cv2.FaceDetectorYN.create("onnx", network, np.empty(0, np.uint8), (320, 320), SCORE, OVERLAP)

    def find(self, pixels: Pixels, longest_side: int = LONGEST_SIDE) -> tuple[Face, ...]:
        """Every face with a score of at least 0.6, the largest first, in pixels of the picture given.

        The picture is shrunk to `longest_side` first, never enlarged.
        """
        scale = min(1.0, longest_side / max(pixels.shape[:2]))
        small = pixels if scale == 1.0 else cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._network.setInputSize((small.shape[1], small.shape[0]))
        rows = self._network.detect(small)[1]
        faces = [] if rows is None else [_face(row, scale) for row in rows]
        return tuple(sorted(faces, key=lambda face: face.box[2] * face.box[3], reverse=True))


def _face(row: np.ndarray[tuple[int], np.dtype[np.float32]], scale: float) -> Face:
    x, y, width, height = (float(value) / scale for value in row[:4])
    return Face((x, y, width, height), np.asarray(row[4:14].reshape(5, 2) / scale, np.float32), float(row[14]))
