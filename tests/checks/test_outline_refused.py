"""In doubt nobody sees anything: what cannot be outlined with confidence gets no crop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from verification.checks.engines.outline import crop_of, source_mask
from verification.checks.engines.shapes import Examined, Landmarks, Pose

from .heads import Head, astronaut, photograph


def with_points(points: NDArray[np.floating[Any]]) -> Head:
    return replace(astronaut(), landmarks=Landmarks(np.asarray(points, np.float32)))


def stretched(x: float, y: float) -> Head:
    """The landmarks and the face's points, made narrower or lower together."""
    head, factors = astronaut(), np.array([x, y], np.float32)
    points = np.asarray(head.face.points * factors, np.float32)
    return replace(with_points(head.landmarks.points * factors), face=replace(head.face, points=points))


def facing(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Head:
    return replace(astronaut(), pose=Pose(yaw, pitch, roll))


def rolled(degrees: float) -> Head:
    """The landmarks and the face's points turned together, as of a tilted head."""
    head = astronaut()
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = head.landmarks.points.mean(axis=0)
    points = np.asarray((head.face.points - middle) @ turn + middle, np.float32)
    landmarks = Landmarks(np.asarray((head.landmarks.points - middle) @ turn + middle, np.float32))
    return replace(head, face=replace(head.face, points=points), landmarks=landmarks)


def test_the_astronaut_is_shown_so_that_the_refusals_below_mean_something() -> None:
    assert astronaut().crop() is not None
    assert facing().crop() is not None
    assert rolled(20).crop() is not None


@pytest.mark.parametrize("score", [0.0, 0.6, 0.84])
def test_a_face_the_detector_is_unsure_of(score: float) -> None:
    head = astronaut()
    assert replace(head, face=replace(head.face, score=score)).crop() is None


@pytest.mark.parametrize("pose", [{"yaw": 61.0}, {"yaw": -61.0}, {"pitch": 46.0}, {"pitch": -46.0}])
def test_a_head_turned_or_nodded_too_far(pose: dict[str, float]) -> None:
    assert facing(**pose).crop() is None


@pytest.mark.parametrize("degrees", [-45.0, 45.0, 180.0])
def test_a_head_tilted_too_far(degrees: float) -> None:
    assert rolled(degrees).crop() is None


def test_a_mirrored_pose_is_not_believed_and_the_face_itself_is_measured() -> None:
    assert facing(yaw=70.0, roll=178.0).crop() is not None
    assert replace(astronaut(), pose=None).crop() is not None
    assert replace(stretched(0.4, 1.0), pose=None).crop() is None


def test_landmarks_that_the_detector_contradicts() -> None:
    assert with_points(astronaut().landmarks.points + 20).crop() is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_landmarks_that_are_no_numbers(value: float) -> None:
    points = astronaut().landmarks.points.copy()
    points[5] = value
    assert with_points(points).crop() is None


def test_landmarks_in_a_heap() -> None:
    assert with_points(np.full((68, 2), 100, np.float32)).crop() is None


def test_a_face_too_small_to_show_honestly() -> None:
    assert stretched(0.3, 0.3).crop() is not None
    assert stretched(0.2, 0.2).crop() is None


def test_a_face_mostly_hidden_by_another() -> None:
    head = astronaut()
    assert replace(head, others=(head.face,)).crop() is None


def test_a_face_outside_the_picture() -> None:
    head = astronaut()
    assert source_mask((40, 40, 3), head.landmarks) is None
    assert replace(head, pixels=head.pixels[:40, :40]).crop() is None


def test_an_image_without_a_face() -> None:
    assert crop_of(Examined("live-0", photograph("astronaut"), 0, (), None, None)) is None


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.6), st.integers(1, 512), st.integers(1, 512))
@settings(max_examples=150, deadline=None)
def test_landmarks_gone_astray_are_drawn_or_refused_but_never_break(
    seed: int, astray: float, width: int, height: int
) -> None:
    head = astronaut()
    shift = np.random.default_rng(seed).normal(0, astray * head.face.eye_distance, (68, 2))
    crop = replace(with_points(head.landmarks.points + shift), pixels=head.pixels[:height, :width]).crop()
    assert crop is None or crop.startswith(b"\x89PNG")
