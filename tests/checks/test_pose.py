"""A head turned by a known angle is measured so, with the signs that the challenge relies on."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from verification.checks.engines.pose import HEAD, POINTS, pose_of
from verification.checks.engines.shapes import Landmarks

SHAPE = (480, 640, 3)
CAMERA = np.array([[640.0, 0, 320], [0, 640, 240], [0, 0, 1]])


def seen(turn: tuple[float, float, float], at: tuple[float, float, float]) -> Landmarks:
    """The six points of a head turned by these degrees about x (down), y (own right) and z."""
    rotation = np.radians(np.array(turn, np.float64))
    points = np.zeros((68, 2), np.float32)
    points[POINTS] = cv2.projectPoints(HEAD, rotation, np.array(at, np.float64), CAMERA, None)[0][:, 0]
    return Landmarks(points)


@pytest.mark.parametrize("yaw", [-50, -20, 0, 20, 50])
@pytest.mark.parametrize("at", [(0.0, 0.0, 2000.0), (-400.0, 200.0, 1500.0), (300.0, -300.0, 4000.0)])
def test_a_turn_is_measured(yaw: float, at: tuple[float, float, float]) -> None:
    pose = pose_of(seen((0, yaw, 0), at), SHAPE)
    assert pose is not None
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, 0, 0), abs=0.5)


@pytest.mark.parametrize("pitch", [-25, 25])
def test_a_nod_is_measured(pitch: float) -> None:
    pose = pose_of(seen((pitch, 0, 0), (0, 0, 2000)), SHAPE)
    assert pose is not None
    assert (pose.pitch, pose.yaw) == pytest.approx((pitch, 0), abs=0.5)


def test_the_signs_are_those_of_the_picture() -> None:
    """Turned to the own left, the nose moves to the right of the picture; looking up, it moves up."""
    left, up = (seen(turn, (0, 0, 2000)).points for turn in ((0, -30, 0), (-20, 0, 0)))
    eyes = slice(36, 46, 9)
    assert left[30, 0] > left[eyes, 0].mean() + 10
    facing = seen((0, 0, 0), (0, 0, 2000)).points
    assert up[30, 1] - up[eyes, 1].mean() < facing[30, 1] - facing[eyes, 1].mean()


def test_points_on_one_spot_have_no_usable_pose() -> None:
    pose = pose_of(Landmarks(np.full((68, 2), 50, np.float32)), SHAPE)
    assert pose is None or all(math.isfinite(value) for value in (pose.yaw, pose.pitch, pose.roll))
