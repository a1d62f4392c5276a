"""How bright and how sharp a face is, measured on the same 112 × 112 pixels that the embedder sees."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from .geometry import aligned
from .shapes import Face, Pixels


@dataclass(frozen=True, slots=True)
class Appearance:
    """`luma`: mean grey of the aligned face, 0..255. `sharpness`: variance of its Laplacian, 0 upwards."""

    luma: float
    sharpness: float


def appearance_of(pixels: Pixels, face: Face) -> Appearance:
    """Brightness and sharpness of one face.

    The variance of the Laplacian is the usual focus measure (Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", 2000).
    """
    grey = cv2.cvtColor(aligned(pixels, face.points), cv2.COLOR_BGR2GRAY)
    return Appearance(float(grey.mean()), float(cv2.Laplacian(grey, cv2.CV_32F).var()))
