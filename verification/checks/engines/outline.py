"""Cut one face out of a picture: the only pixels that a reviewer is ever shown.

The outline is a line drawn from landmarks, never from colours, so what lies outside it cannot move it. Everything
outside becomes one flat grey *before* anything is turned, scaled or softened, so no resampling can carry a neighbour's
colour in: whoever changes pixels outside `source_mask` changes no byte of the crop.

Limits. A picture that was a JPEG carries colour of its surroundings up to 15 pixels across the line (a block of
subsampled chroma), from before it was decoded. Whatever covers the face, a hand or a phone, is inside and stays.
Landmarks are estimates, and no line knows whether hair covers an ear: a sliver of background can remain beside a cheek,
an ear or a forehead (`contour` says what is kept and what is not).
"Pixels" are those of the picture as it was examined: one that had to be turned upright by a few degrees was resampled
before, as was one whose format stores neighbours together.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import Placement, place
from .contour import outline
from .plausible import plausible
from .shapes import Examined, Face, Landmarks, Pixels, Points, Pose

GREY = 134
"""The flat surrounding, the same in all three channels. Middle grey, so that neither dark nor light skin looks lost."""
SOFT = 0.025
"""Width of the softened rim, as a share of the canvas, all of it inside the outline. Twice as much hid ears and the
tip of the chin."""
HIDDEN = 0.12
"""A face of whose outline another face takes a larger share is not shown."""

Mask = NDArray[np.uint8]


def crop_of(examined: Examined) -> bytes | None:
    """The crop of the largest face of an image, or None."""
    if examined.face is None or examined.landmarks is None:
        return None
    return redacted_crop(examined.pixels, examined.face, examined.landmarks, examined.pose, examined.faces[1:])


def redacted_crop(
    pixels: Pixels, face: Face, landmarks: Landmarks, pose: Pose | None, others: tuple[Face, ...] = ()
) -> bytes | None:
    """One face on flat grey as a square PNG of 512, 256 or 128 pixels a side without metadata, or None.

    `others` are the other faces found in the picture: they are cut away. None means that the face could not be
    outlined with confidence, is too small, or is covered by another face, and nobody is to see anything.
    The same arguments give the same bytes.
    """
    if not plausible(face, landmarks, pose):
        return None
    line = outline(landmarks)
    placement = place(landmarks, pose, line)
    mask = source_mask(pixels.shape, landmarks, others)
    if placement is None or mask is None:
        return None
    return png(drawn(pixels, mask, (line,), placement, placement.side))


def png(pixels: Pixels) -> bytes:
    """The pixels as a PNG without metadata. The same pixels give the same bytes."""
    return bytes(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def source_mask(shape: tuple[int, ...], landmarks: Landmarks, others: tuple[Face, ...] = ()) -> Mask | None:
    """height × width, 255 where a pixel of the picture may contribute to the crop and 0 where it may not.

    None where other faces take too much of it, or where nothing of it lies inside the picture.
    """
    whole = inside(shape, outline(landmarks))
    mask = without(whole, others)
    if cv2.countNonZero(mask) < max(1.0, cv2.countNonZero(whole) * (1 - HIDDEN)):
        return None
    return mask


def inside(shape: tuple[int, ...], line: Points) -> Mask:
    """height × width: 255 within the line, 0 elsewhere."""
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(line).astype(np.int32)], 255)
    return mask


def without(mask: Mask, others: tuple[Face, ...]) -> Mask:
    """The mask with the ellipse in each other face's box cut out."""
    left = mask.copy()
    for other in others:
        x, y, width, height = other.box
        centre, axes = (round(x + width / 2), round(y + height / 2)), (round(width / 2), round(height / 2))
        cv2.ellipse(left, centre, axes, 0, 0, 360, 0, cv2.FILLED)
    return left


def drawn(pixels: Pixels, mask: Mask, lines: tuple[Points, ...], placement: Placement, rows: int) -> Pixels:
    """rows × side × 3: what the mask lets through, turned upright on grey, softened towards the inside of the lines."""
    canvas = (placement.side, rows)
    x, y, width, height = cv2.boundingRect(mask)
    mask = mask[y : y + height, x : x + width]
    turn = placement.matrix.copy()
    turn[:, 2] += turn[:, :2] @ (x, y)
    face = np.where(mask[..., None] > 0, pixels[y : y + height, x : x + width], np.uint8(GREY))
    seen = _widened(_warped(mask, turn, canvas, 0), placement.scale)
    share = _softness(seen, [(line - (x, y)) @ turn[:, :2].T + turn[:, 2] for line in lines])[..., None]
    upright = _warped(face, turn, canvas, GREY)
    return np.asarray(np.rint(upright * share + GREY * (1 - share)), np.uint8)


def _warped(
    image: NDArray[np.uint8], turn: NDArray[np.float64], canvas: tuple[int, int], border: int
) -> NDArray[np.uint8]:
    """The image on a canvas of so many columns and rows.

    A large one is averaged down first, because warpAffine looks at few neighbours.
    """
    turn, scale = turn.copy(), float(np.hypot(*turn[0, :2]))
    if scale < 0.5:
        height, width = image.shape[:2]
        image = np.asarray(cv2.resize(image, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA), np.uint8)
        ratio = np.array([image.shape[1] / width, image.shape[0] / height])
        turn[:, :2] /= ratio
        # Pixel centres lie at whole numbers, so the corner of the picture is at -0.5 before and after.
        turn[:, 2] += turn[:, :2] @ (0.5 - 0.5 * ratio)
    flat = (border, border, border)
    return np.asarray(cv2.warpAffine(image, turn, canvas, flags=cv2.INTER_CUBIC, borderValue=flat), np.uint8)


def _widened(seen: Mask, scale: float) -> Mask:
    """`seen` grown by one pixel of the picture, so that the smooth outline and not the mask's stairs is the edge.

    What it grows over is already grey.
    """
    width = 2 * math.ceil(scale) + 1
    return np.asarray(cv2.dilate(seen, np.ones((width, width), np.uint8)), np.uint8)


def _softness(seen: Mask, lines: list[NDArray[np.float64]]) -> NDArray[np.float32]:
    """Of the shape of `seen`: 0 outside all lines and where the picture has nothing, rising to 1 over a rim inside."""
    shape = np.zeros_like(seen)
    for line in lines:
        cv2.fillPoly(shape, [np.round(line * 16).astype(np.int32)], 255, shift=4)
    shape[seen < 128] = 0
    shape[[0, -1], :] = shape[:, [0, -1]] = 0
    depth = cv2.distanceTransform(shape, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / (SOFT * seen.shape[1])
    rise = np.clip(depth, 0, 1)
    return np.asarray(rise * rise * (3 - 2 * rise), np.float32)
