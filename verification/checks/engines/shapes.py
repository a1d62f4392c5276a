"""The frozen shapes that leave the engines. Needs numpy alone, so that anybody may import it.

All coordinates are pixels of the image they were found in: x to the right, y downwards, (0, 0) the top left corner.
"Right" and "left" of a face are the person's own, so the right eye stands on the left of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""height × width × 3, blue-green-red, 0..255."""
Points = NDArray[np.float32]
"""n × 2, (x, y) in pixels."""
Embedding = NDArray[np.float32]
"""A unit vector; the cosine of two embeddings is their dot product."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One detected face.

    `box` is (x, y, width, height) and may reach outside the image. `points` is 5 × 2: right eye, left eye, nose tip,
    right and left corner of the mouth. `score` is the detector's confidence, 0..1.
    """

    box: tuple[float, float, float, float]
    points: Points
    score: float

    @property
    def height(self) -> float:
        """Height of the box in pixels."""
        return self.box[3]

    @property
    def centre(self) -> tuple[float, float]:
        """Centre of the box in pixels."""
        x, y, width, height = self.box
        return x + width / 2, y + height / 2

    @property
    def eye_distance(self) -> float:
        """Distance between the eye centres in pixels."""
        return float(np.linalg.norm(self.points[0] - self.points[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """68 × 2 points in iBUG order: jaw 0–16, brows 17–26, nose 27–35, eyes 36–47, mouth 48–67. Pixels."""

    points: Points


@dataclass(frozen=True, slots=True)
class Pose:
    """Head pose in degrees. Yaw and roll are near 0 for an upright frontal face; pitch has a personal offset."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Eyes:
    """Probability that each of the person's own eyes is closed, 0..1."""

    right_closed: float
    left_closed: float

    @property
    def both(self) -> float:
        """Probability that the eye more likely open is closed."""
        return min(self.right_closed, self.left_closed)


@dataclass(frozen=True, slots=True)
class ModelName:
    """Which model produced a number: its id in models.toml and its SHA-256.

    Where two models work together the ids are joined by "+" and the digest is that of both digests written in a row.
    """

    id: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """One image, decoded once and turned upright, with what was found in it.

    `pixels` is already turned by `turned` degrees (anticlockwise, 0 for nearly every image) and every coordinate refers
    to it. `faces` are all faces, the most prominent first; `face` is the first of them, or None.
    `landmarks` and `pose` belong to `face`.
    """

    name: str
    pixels: Pixels
    turned: int
    faces: tuple[Face, ...]
    landmarks: Landmarks | None
    pose: Pose | None

    @property
    def face(self) -> Face | None:
        """The most prominent face, or None."""
        return self.faces[0] if self.faces else None
