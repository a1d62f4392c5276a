"""Photographs that installed packages ship, as pixels and as bytes. Nobody's face is copied into this repository."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from verification.checks.engines.shapes import Pixels


def shipped(package: str, *parts: str) -> Pixels:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return np.asarray(cv2.imread(str(Path(spec.origin).parent.joinpath(*parts))), np.uint8)


def astronaut() -> Pixels:
    """One woman, facing the camera."""
    return shipped("skimage", "data", "astronaut.png")


def coffee() -> Pixels:
    """A cup, and nobody."""
    return shipped("skimage", "data", "coffee.png")


def six_friends() -> Pixels:
    return shipped("insightface", "data", "images", "t1.jpg")


def friend_on_the_right() -> Pixels:
    """A woman of the group, by herself."""
    return np.ascontiguousarray(six_friends()[140:550, 1040:1280])


def later_picture_of(pixels: Pixels) -> Pixels:
    """Derived, not taken later: smaller and a little darker."""
    return np.asarray(cv2.resize(cv2.convertScaleAbs(pixels, alpha=0.9), None, fx=0.8, fy=0.8), np.uint8)


def darkened(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=0.15), np.uint8)


def blurred(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 7), np.uint8)


def jpeg(pixels: Pixels) -> bytes:
    return bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes())
