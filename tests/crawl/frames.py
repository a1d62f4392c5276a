"""Frames in which each tier's region carries a colour of its own, so that a pixel in the wrong place gives itself away.

Within the outline of the face a patch of magenta; below it, on the neck, blue; everything else green. The worker finds
the face in the painted frame anew, so a few pixels along the lines keep what the photograph has, and it is checked that
no colour lies within the lines of the tier below its own.
"""

from __future__ import annotations

import io
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.flows.photographs import astronaut
from verification.checks.engines.bundle import engines_from_settings
from verification.checks.engines.outline import source_mask
from verification.checks.engines.shapes import Examined
from verification.checks.engines.wider import neck_mask

Pixels = NDArray[np.uint8]
FACE, NECK, REST = "face", "neck", "rest"
COLOURS = {FACE: (255, 0, 255), NECK: (0, 0, 255), REST: (0, 255, 0)}
LINE = 9
"""Pixels along a line that stay as they were: as far as the outline moves when what is around it changes."""
PATCH = 5
"""Half a side of the patch on the cheek."""


@cache
def canary_frame(scale: float = 1.0) -> bytes:
    """A painted photograph as a PNG."""
    picture = astronaut()
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    photograph = np.asarray(small)[..., ::-1].copy()
    painted = _painted(photograph, *_masks(photograph))
    face, neck = _masks(painted)
    assert not (_is(painted, REST) & (neck > 0)).any()
    assert not (_is(painted, NECK) & (face > 0)).any()
    out = io.BytesIO()
    Image.fromarray(painted[..., ::-1]).save(out, "PNG")
    return out.getvalue()


def _painted(pixels: Pixels, face: Pixels, neck: Pixels) -> Pixels:
    painted = pixels.copy()
    wide = np.ones((2 * LINE + 1, 2 * LINE + 1), np.uint8)
    painted[cv2.dilate(neck, wide) == 0] = COLOURS[REST][::-1]
    painted[(neck > 0) & (cv2.dilate(face, wide) == 0)] = COLOURS[NECK][::-1]
    x, y = _cheek(pixels)
    painted[y - PATCH : y + PATCH, x - PATCH : x + PATCH] = COLOURS[FACE][::-1]
    return painted


def _cheek(pixels: Pixels) -> tuple[int, int]:
    landmarks = _examined(pixels).landmarks
    assert landmarks is not None
    x, y = landmarks.points[[3, 31]].mean(axis=0)
    return round(float(x)), round(float(y))


def _masks(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Of the face, and of the face with its neck."""
    landmarks = _examined(pixels).landmarks
    assert landmarks is not None
    face, neck = source_mask(pixels.shape, landmarks), neck_mask(pixels.shape, landmarks)
    assert face is not None
    assert neck is not None
    return face, neck


def _examined(pixels: Pixels) -> Examined:
    return engines_from_settings().examine_pixels("canary", pixels)


def _is(pixels: Pixels, region: str) -> NDArray[np.bool_]:
    return np.asarray((pixels == np.array(COLOURS[region][::-1], np.uint8)).all(axis=2))
