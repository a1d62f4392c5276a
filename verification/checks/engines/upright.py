"""Turn a picture that was taken sideways or askew, before anything is compared.

A photograph turned by 45° still yields "a face", with points so wrong that 82 % of genuine comparisons fail; taking the
best detection over a circle of angles brings that down to 2–3 %. It costs about 40 ms, so only doubtful pictures pay.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from .detector import YuNet
from .shapes import Face, Pixels

STEP, SEARCH_SIDE = 30, 320
WEAK_SCORE, STEEP_ROLL, BETTER_BY = 0.9, 15.0, 0.02
PER_DEGREE = 0.002
"""What a degree of roll takes off a score: of two angles with equally sure faces, the straighter one is upright."""


def upright(pixels: Pixels, detector: YuNet) -> tuple[Pixels, int, tuple[Face, ...]]:
    """(the picture turned upright, degrees it was turned anticlockwise, its faces). Usually unchanged and 0."""
    faces = detector.find(pixels)
    if not _doubtful(faces):
        return pixels, 0, faces
    angle = _best_angle(pixels, detector)
    if not angle:
        return pixels, 0, faces
    turned = turn(pixels, angle)
    found = detector.find(turned)
    if not found or found[0].score < WEAK_SCORE:
        # Turning must bring a sure face: of twelve views of a room without people, one often looks a little like one.
        return pixels, 0, faces
    return turned, angle, found


def _doubtful(faces: tuple[Face, ...]) -> bool:
    return not faces or faces[0].score < WEAK_SCORE or abs(roll(faces[0])) > STEEP_ROLL


def roll(face: Face) -> float:
    """Degrees by which the line between the eyes falls to the right of the picture; 0 for an upright face."""
    dx, dy = (float(value) for value in face.points[1] - face.points[0])
    return math.degrees(math.atan2(dy, dx))


def _best_angle(pixels: Pixels, detector: YuNet) -> int:
    """The angle with the surest upright face, or 0 where turning brings nothing."""
    scale = min(1.0, SEARCH_SIDE / max(pixels.shape[:2]))
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    scores = {angle: _upright_score(detector.find(turn(small, angle))) for angle in range(0, 360, STEP)}
    best = max(scores, key=lambda angle: scores[angle])
    return best if scores[best] > scores[0] + BETTER_BY else 0


def _upright_score(faces: tuple[Face, ...]) -> float:
    return max((face.score - abs(roll(face)) * PER_DEGREE for face in faces), default=0.0)


def turn(pixels: Pixels, angle: int) -> Pixels:
    """The picture turned anticlockwise on a canvas that holds all of it; new corners are black.

    Quarter turns move pixels without resampling them.
    """
    if angle % 90 == 0:
        return np.ascontiguousarray(np.rot90(pixels, angle // 90))
    height, width = pixels.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    cosine, sine = abs(move[0, 0]), abs(move[0, 1])
    size = (int(height * sine + width * cosine), int(height * cosine + width * sine))
    move[:, 2] += size[0] / 2 - width / 2, size[1] / 2 - height / 2
    return np.asarray(cv2.warpAffine(pixels, move, size), np.uint8)
