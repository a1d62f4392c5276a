"""Is a face outlined well enough to be shown? In doubt nobody sees anything.

The detector's five points and the 68 landmarks come from two networks that do not know of each other, so where they
agree the outline can be believed. The bounds were chosen by looking at what they refuse and at what they let pass: of
1,308 press photographs, none is refused for its pose, and the six that are turned by 50 to 57° are outlined well.
"""

from __future__ import annotations

import numpy as np

from .alignment import eye_to_mouth, eyes_of, mirrored, roll_of, yaw_of
from .shapes import Face, Landmarks, Pose

SCORE = 0.85
"""Lowest score of the detector. Of 1,308 press photographs one was below."""
YAW, PITCH, ROLL = 60.0, 45.0, 40.0
"""Most degrees a head may be turned, nodded and tilted. Beyond, the landmarks are known to fail: there is no labelled
head between 57° and the near profiles at which they do."""
APART = 0.28
"""Most that the two networks may differ over eyes, nose and mouth on average, as a share of the size of the face.
Half of the press photographs stay below 0.10, all but two below 0.22; those two were outlined wrongly."""
NOSE_TIP, MOUTH_RIGHT, MOUTH_LEFT = 30, 48, 54


def plausible(face: Face, landmarks: Landmarks, pose: Pose | None) -> bool:
    """Whether detector, landmarks and pose tell one story of one upright face."""
    return (
        face.score >= SCORE
        and bool(np.isfinite(landmarks.points).all())
        and _facing(landmarks, pose)
        and _agreed(face, landmarks)
    )


def _facing(landmarks: Landmarks, pose: Pose | None) -> bool:
    nodded = 0.0 if pose is None or mirrored(pose) else pose.pitch
    return yaw_of(landmarks, pose) <= YAW and abs(nodded) <= PITCH and abs(roll_of(landmarks)) <= ROLL


def _agreed(face: Face, landmarks: Landmarks) -> bool:
    points = landmarks.points
    found = np.array([*eyes_of(landmarks), points[NOSE_TIP], points[MOUTH_RIGHT], points[MOUTH_LEFT]])
    size = max(eye_to_mouth(landmarks), float(np.linalg.norm(found[1] - found[0])))
    return float(np.linalg.norm(found - face.points, axis=1).mean()) < APART * size
