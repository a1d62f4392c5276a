"""Head pose from landmarks by solving the perspective of six points (no network)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .shapes import Landmarks, Pose

POINTS = [30, 8, 36, 45, 48, 54]
HEAD = np.array(
    [(0, 0, 0), (0, 330, 65), (-225, -170, 135), (225, -170, 135), (-150, 150, 125), (150, 150, 125)], np.float64
)
"""Nose tip, chin, outer corners of the right and left eye, corners of the mouth, in arbitrary units of a mean head."""


EYES_TO_CHIN = float(np.linalg.norm(HEAD[1] - (HEAD[2] + HEAD[3]) / 2))


def pose_of(landmarks: Landmarks, shape: tuple[int, ...]) -> Pose | None:
    """Degrees, or None where no pose explains the points. Median error by mirroring 1.4° (0.3 ms).

    Turning to the person's own left is negative yaw; looking down is positive pitch.
    """
    height, width = shape[:2]
    focal = float(max(width, height))
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    points = landmarks.points[POINTS].astype(np.float64)
    found, rotation, _ = cv2.solvePnP(
        HEAD, points, camera, None, np.zeros((3, 1)), _facing(points, camera), useExtrinsicGuess=True
    )
    if not found:
        return None
    pitch, yaw, roll = cv2.RQDecomp3x3(cv2.Rodrigues(rotation)[0])[0]
    return Pose(yaw=float(yaw), pitch=float(pitch), roll=float(roll))


def _facing(points: NDArray[np.float64], camera: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a head of this size that faces the camera would be: the search for the pose starts there.

    Left to find its own start, it ended in the mirror image of the true pose in 155 of 704 frames of five clips; from
    here in none, and in the other frames at the same angles.
    """
    scale = float(np.linalg.norm(points[1] - (points[2] + points[3]) / 2)) / EYES_TO_CHIN
    if not scale > 0:
        return np.array([[0.0], [0.0], [1.0]])
    x, y = (points[0] - camera[:2, 2]) / scale
    return np.array([[x], [y], [camera[0, 0] / scale]])
