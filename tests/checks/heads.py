"""The heads in photographs that installed packages ship, found once for all tests of the crop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import cv2
import numpy as np

from verification.checks.engines.bundle import engines_from_settings
from verification.checks.engines.outline import redacted_crop, source_mask
from verification.checks.engines.pose import pose_of
from verification.checks.engines.shapes import Face, Landmarks, Pixels, Pose

PHOTOGRAPHS = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "actor": ("insightface", "data/images/Tom_Hanks_54745.png"),
    "group": ("insightface", "data/images/t1.jpg"),
}


@dataclass(frozen=True)
class Head:
    """Everything that a crop is made from."""

    pixels: Pixels
    face: Face
    landmarks: Landmarks
    pose: Pose | None
    others: tuple[Face, ...]

    def crop(self, pixels: Pixels | None = None) -> bytes | None:
        picture = self.pixels if pixels is None else pixels
        return redacted_crop(picture, self.face, self.landmarks, self.pose, self.others)

    def drawn(self, pixels: Pixels | None = None) -> Pixels:
        png = self.crop(pixels)
        assert png is not None
        return decoded(png)

    @property
    def mask(self) -> Pixels:
        mask = source_mask(self.pixels.shape, self.landmarks, self.others)
        assert mask is not None
        return mask


def decoded(png: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def photograph(name: str) -> Pixels:
    package, path = PHOTOGRAPHS[name]
    return decoded(files(package).joinpath(path).read_bytes())


def heads_in(pixels: Pixels) -> list[Head]:
    engines = engines_from_settings()
    faces = engines.detector.find(pixels)
    found = []
    for face in faces:
        landmarks = engines.landmarks.find(pixels, face)
        others = tuple(other for other in faces if other is not face)
        found.append(Head(pixels, face, landmarks, pose_of(landmarks, pixels.shape), others))
    return found


@cache
def heads() -> dict[str, Head]:
    """Each head that is fit for a crop, by a name."""
    return {
        f"{name}-{number}": head
        for name in PHOTOGRAPHS
        for number, head in enumerate(heads_in(photograph(name)))
        if head.crop() is not None
    }


def astronaut() -> Head:
    return heads()["astronaut-0"]
