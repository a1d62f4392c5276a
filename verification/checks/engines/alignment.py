"""Where a face is put on the canvas of its crop, so that two crops can be compared at one eye line and one scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .shapes import Landmarks, Points, Pose

SIDES = (512, 256, 128)
"""Canvases, in pixels. All have the same layout, so shown at one size they are at one scale."""
MOST_ENLARGED = 3.0
"""A crop never shows more than three pixels a side for one pixel of the picture: more would only look like detail."""
EYE_LINE = 0.44
"""Height of the eyes, as a share of the canvas from its top."""
EYE_DISTANCE = 0.24
"""Distance between the eyes of a head that faces the camera, as a share of the canvas: room for ears and long chins.
Of 1,308 press photographs no outline leaves the canvas above or below; at 0.265 one in seventy did."""
EDGE = 0.01
"""Room left beside the outline, as a share of the canvas."""
RIGHT_EYE, LEFT_EYE, MOUTH_CORNERS = slice(36, 42), slice(42, 48), [48, 54]


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A canvas of side × side pixels, and the 2 × 3 turn, scale and shift that brings the picture onto it."""

    side: int
    scale: float
    matrix: NDArray[np.float64]


def eyes_of(landmarks: Landmarks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (x, y) of the right and of the left eye."""
    points = landmarks.points.astype(np.float64)
    return points[RIGHT_EYE].mean(axis=0), points[LEFT_EYE].mean(axis=0)


def roll_of(landmarks: Landmarks) -> float:
    """Degrees by which the line through the eyes falls to the right of the picture, -180..180."""
    right, left = eyes_of(landmarks)
    x, y = left - right
    return math.degrees(math.atan2(y, x))


def yaw_of(landmarks: Landmarks, pose: Pose | None) -> float:
    """Degrees by which the head is turned to either side, 0..90.

    Where there is no usable pose, from the distance between the eyes against the height of the face.
    """
    if pose is not None and not mirrored(pose):
        return abs(pose.yaw)
    right, left = eyes_of(landmarks)
    ratio = float(np.linalg.norm(left - right)) / max(eye_to_mouth(landmarks), 1e-6)
    return math.degrees(math.acos(min(ratio, 1.0)))


def mirrored(pose: Pose) -> bool:
    """Whether the pose is the mirror image of the true one: it then stands upside down and its numbers mean nothing."""
    return abs(pose.roll) > 90


def place(landmarks: Landmarks, pose: Pose | None, line: Points) -> Placement | None:
    """The largest canvas that does not enlarge the face too much, or None where even the smallest does.

    The eyes come to lie on one level, and their middle midway between the sides, so that one picture can be laid over
    another. Where the outline `line` (n × 2) of a turned head would leave the canvas, the eyes give way: below 20° of
    yaw never, from 20 to 40° in one of eleven press photographs, beyond in three of ten, by 8 % of the canvas.
    """
    distance = facing_distance(landmarks, pose)
    for side in SIDES:
        scale = EYE_DISTANCE * side / max(distance, 1e-6)
        if scale <= MOST_ENLARGED:
            return Placement(side, scale, _matrix(landmarks, line, scale, side))
    return None


def facing_distance(landmarks: Landmarks, pose: Pose | None) -> float:
    """Distance between the eyes, in pixels, that this head would show if it faced the camera.

    A turned head brings its eyes closer together, and scaled by them alone it would look the larger one of two. From
    eye to mouth it keeps its height, which is as long as the eyes are apart in a mean face (411 press photographs that
    face the camera: ratio 0.99). So the height corrects the distance, by no more than the cosine of the yaw explains.
    """
    right, left = eyes_of(landmarks)
    distance = float(np.linalg.norm(left - right))
    longest = distance / max(math.cos(math.radians(yaw_of(landmarks, pose))), 0.5)
    return min(max(distance, eye_to_mouth(landmarks)), longest)


def eye_to_mouth(landmarks: Landmarks) -> float:
    """Height, in pixels, from the corners of the mouth to the line through the eyes."""
    right, left = eyes_of(landmarks)
    mouth = landmarks.points[MOUTH_CORNERS].astype(np.float64).mean(axis=0)
    x, y = (left - right) / max(float(np.linalg.norm(left - right)), 1e-6)
    return float((mouth - (right + left) / 2) @ (-y, x))


def _matrix(landmarks: Landmarks, line: Points, scale: float, side: int) -> NDArray[np.float64]:
    angle = math.radians(roll_of(landmarks))
    x, y = scale * math.cos(angle), scale * math.sin(angle)
    turn = np.array([[x, y], [-y, x]])
    across, level = turn @ np.mean(eyes_of(landmarks), axis=0)
    beside = line.astype(np.float64) @ turn[0] - across
    shift = np.array([_kept_on(side, beside) - across, EYE_LINE * side - level])
    return np.column_stack([turn, shift])


def _kept_on(side: int, beside: NDArray[np.float64]) -> float:
    """Where the middle of the eyes goes on a canvas that is to hold everything `beside` them: in the middle, or near.

    What is too wide for the canvas has its own middle there.
    """
    lowest, highest = EDGE * side - beside.min(), (1 - EDGE) * side - beside.max()
    if lowest > highest:
        return float((lowest + highest) / 2)
    return float(np.clip(side / 2, lowest, highest))
