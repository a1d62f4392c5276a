"""Where each network wants its input cut from the picture. Recipes of the networks' authors; see each function."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .shapes import Face, Pixels, Points

ALIGNED_SIDE = 112
ALIGNED_POINTS: Points = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
"""Where the five points lie in an aligned face of 112 × 112 (the ArcFace template, which SFace was trained on)."""


def aligned(pixels: Pixels, points: Points) -> Pixels:
    """112 × 112 × 3: the face turned, scaled and moved so that its five points lie on the template."""
    turn = similarity(points, ALIGNED_POINTS)
    return np.asarray(cv2.warpAffine(pixels, turn, (ALIGNED_SIDE, ALIGNED_SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def similarity(source: Points, target: Points) -> NDArray[np.float64]:
    """The 2 × 3 least-squares turn, scale and shift from `source` to `target`, both n × 2, without mirroring.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991, in its
    closed form for the plane: with points as complex numbers the answer is one complex division.
    """
    a, b = source @ np.array([1, 1j]), target @ np.array([1, 1j])
    a0, b0 = a.mean(), b.mean()
    factor = np.vdot(a - a0, b - b0) / max(np.vdot(a - a0, a - a0).real, 1e-9)
    shift = b0 - factor * a0
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])


def square(face: Face) -> tuple[float, float, float]:
    """(x, y, side) of the square with the box's height and centre, in pixels; it may reach outside the image."""
    x, y = face.centre
    return x - face.height / 2, y - face.height / 2, face.height


def wide_square(face: Face, shape: tuple[int, ...], factor: float = 2.7) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the square box grown by `factor` and slid inside the image, in whole pixels.

    The factor shrinks where the image is too small for it. From the recipe of MiniFASNet's authors (Silent-Face
    Anti-Spoofing, `CropImage`).
    """
    height, width = shape[:2]
    side = face.height
    factor = min((height - 1) / side, (width - 1) / side, factor)
    half = side * factor / 2
    x, y = face.centre
    left = min(max(x - half, 0.0), width - 1 - 2 * half)
    top = min(max(y - half, 0.0), height - 1 - 2 * half)
    return int(left), int(top), int(left + 2 * half), int(top + 2 * half)


def cut(pixels: Pixels, x: float, y: float, side: float, out: int) -> Pixels:
    """The square (x, y, side) resampled to out × out; what lies outside the image is black."""
    scale = out / side
    move = np.array([[scale, 0, -x * scale], [0, scale, -y * scale]])
    return np.asarray(cv2.warpAffine(pixels, move, (out, out), flags=cv2.INTER_AREA), np.uint8)
