"""The line follows a face: its ears where they can be seen, its profile where it is turned, and never its neck."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.checks.engines.contour import (
    CHIN,
    CHIN_ROOM,
    EAR,
    EAR_MOST,
    NOSE_TIP,
    TEMPLE,
    Frame,
    Vectors,
    frame_of,
    outline,
    turning,
)
from verification.checks.engines.shapes import Landmarks

from .heads import astronaut, heads

RIGHT, LEFT = 1, 15
"""The points of the jaw beside which the ears stand out."""


def nose_moved(widths: float) -> Landmarks:
    """The astronaut with the inner face moved to her left by so many widths of it, as when she turns."""
    landmarks = astronaut().landmarks
    frame, points = frame_of(landmarks), landmarks.points.copy()
    points[27:36] += frame.across * (widths - turning(landmarks)) * frame.width
    return Landmarks(np.asarray(points, np.float32))


def beside(landmarks: Landmarks, point: int) -> float:
    """How far the line runs outside a point of the jaw, in widths of the face; negative inside."""
    x, y = (float(value) for value in landmarks.points[point])
    inside = cv2.pointPolygonTest(outline(landmarks).reshape(-1, 1, 2), (x, y), measureDist=True)
    return inside / frame_of(landmarks).width


def seen_from(frame: Frame, points: Vectors) -> Vectors:
    """n × 2: shares of the width to the left of the middle and below the ends of the jaw."""
    return (points - frame.middle) @ np.column_stack([frame.across, frame.down]) / frame.width


def test_both_ears_of_a_head_that_faces_the_camera_are_kept() -> None:
    landmarks = nose_moved(0)
    assert beside(landmarks, RIGHT) == pytest.approx(EAR, abs=0.03)
    assert beside(landmarks, LEFT) == pytest.approx(EAR, abs=0.03)


def test_of_a_turned_head_more_of_one_ear_is_kept_and_nothing_beside_the_other() -> None:
    landmarks = nose_moved(0.2)
    assert beside(landmarks, RIGHT) > beside(nose_moved(0), RIGHT) + 0.06
    assert beside(landmarks, LEFT) < TEMPLE


@given(st.floats(-3, 3))
@settings(deadline=None)
def test_however_far_the_nose_has_gone_an_ear_is_only_so_large(moved: float) -> None:
    landmarks = nose_moved(moved)
    frame = frame_of(landmarks)
    reach = abs(seen_from(frame, outline(landmarks).astype(np.float64))[:, 0]).max()
    nose = abs(seen_from(frame, landmarks.points.astype(np.float64))[:, 0]).max()
    assert reach <= max(0.5 + EAR_MOST, nose) + 0.04


def test_below_the_ears_the_outline_is_the_jaw_and_little_room_for_the_chin() -> None:
    for name in ("astronaut-0", "group-0"):
        landmarks = heads()[name].landmarks
        for point in range(4, 13):
            assert -0.005 <= beside(landmarks, point) <= CHIN_ROOM + 0.005, (name, point)


def test_nothing_below_the_chin_or_below_the_jaw_is_within_the_line() -> None:
    for name, head in heads().items():
        frame = frame_of(head.landmarks)
        points = seen_from(frame, head.landmarks.points.astype(np.float64))
        line = seen_from(frame, outline(head.landmarks).astype(np.float64))
        lowest = points[:17, 1].max()
        assert line[:, 1].max() <= lowest + CHIN_ROOM + 0.01, name
        # On the level of the corners of the jaw, where the neck begins, nothing stands out beyond them.
        corners = line[line[:, 1] > max(points[3, 1], points[13, 1])]
        assert corners[:, 0].min() >= points[:17, 0].min() - 0.01, name
        assert corners[:, 0].max() <= max(points[:17, 0].max(), points[NOSE_TIP, 0] + 0.04) + 0.01, name


def test_a_nose_that_stands_out_beyond_the_cheek_is_kept() -> None:
    landmarks = nose_moved(0.55)
    assert beside(landmarks, NOSE_TIP) > 0.01


def test_a_nose_within_the_face_moves_nothing_on_its_way_to_the_chin() -> None:
    landmarks = astronaut().landmarks
    assert beside(landmarks, CHIN) == pytest.approx(CHIN_ROOM, abs=0.005)


def test_the_forehead_slopes_back_on_the_side_that_is_turned_away() -> None:
    def upper(landmarks: Landmarks) -> Vectors:
        line = seen_from(frame_of(landmarks), outline(landmarks).astype(np.float64))
        return np.asarray(line[line[:, 1] < line[:, 1].min() / 2])

    facing, turned = upper(nose_moved(0)), upper(nose_moved(0.15))
    assert turned[:, 0].max() < facing[:, 0].max() - 0.01
    assert turned[:, 0].min() == pytest.approx(facing[:, 0].min(), abs=0.01)
