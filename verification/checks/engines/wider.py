"""More than a face, for the rare look that several people agreed to: the face with its neck, or the frame as stored.

Tier 1 keeps the promise of `outline`: what is shown lies within lines drawn from landmarks, and whoever changes pixels
outside `neck_mask` changes no byte. The neck is a guess at where a neck is, made narrow: a collar shows, shoulders do
not. Tier 2 promises nothing but its size.
"""

from __future__ import annotations

import cv2
import numpy as np

from .alignment import place
from .contour import neck, outline
from .decoding import decode
from .outline import Mask, drawn, inside, png, source_mask, without
from .plausible import plausible
from .shapes import Examined, Face, Landmarks, Pixels

TALL = 1.25
"""Height of the canvas of tier 1 in widths of it: with the eyes where the crop has them, the neck has room below."""
LONGEST_SIDE = 1280
"""Of tier 2, in pixels."""


def face_and_neck(examined: Examined) -> bytes | None:
    """The most prominent face and its neck on flat grey, as a PNG of 512 × 640, 256 × 320 or 128 × 160 pixels.

    Laid out as the crop of the same image, so that one covers the other. None where the face has no crop either.
    The same image gives the same bytes.
    """
    face, landmarks = examined.face, examined.landmarks
    if face is None or landmarks is None or not plausible(face, landmarks, examined.pose):
        return None
    lines = (outline(landmarks), neck(landmarks))
    placement = place(landmarks, examined.pose, lines[0])
    mask = neck_mask(examined.pixels.shape, landmarks, examined.faces[1:])
    if placement is None or mask is None:
        return None
    return png(drawn(examined.pixels, mask, lines, placement, round(placement.side * TALL)))


def neck_mask(shape: tuple[int, ...], landmarks: Landmarks, others: tuple[Face, ...] = ()) -> Mask | None:
    """height × width, 255 where a pixel of the picture may contribute and 0 where it may not. None as `source_mask`."""
    face = source_mask(shape, landmarks, others)
    return None if face is None else np.maximum(face, without(inside(shape, neck(landmarks)), others))


def whole_frame(data: bytes) -> bytes:
    """A stored JPEG or PNG as a PNG, not turned and not cut; averaged down where its longer side is over 1280 pixels.

    Raises NotAnImage.
    """
    return png(_at_most(decode(data)))


def _at_most(pixels: Pixels) -> Pixels:
    scale = LONGEST_SIDE / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
