"""A face with its neck is as well guarded as a face: no pixel beside them reaches the picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verification.checks.engines.alignment import SIDES
from verification.checks.engines.contour import (
    BROWS,
    CHIN,
    NECK,
    NECK_FROM,
    NECK_LONG,
    Vectors,
    frame_of,
    neck,
    outline,
    turning,
)
from verification.checks.engines.decoding import NotAnImage
from verification.checks.engines.outline import GREY, SOFT
from verification.checks.engines.shapes import Examined, Landmarks, Pixels
from verification.checks.engines.wider import LONGEST_SIDE, face_and_neck, neck_mask, whole_frame

from .heads import Head, astronaut, decoded, heads, photograph
from .photographs import jpeg

NAMES = ["astronaut-0", "actor-0", "group-0", "group-1", "group-3", "group-4", "group-5"]


@pytest.fixture(params=NAMES)
def head(request: pytest.FixtureRequest) -> Head:
    return heads()[request.param]


def examined(head: Head, pixels: Pixels | None = None) -> Examined:
    picture = head.pixels if pixels is None else pixels
    return Examined("live-0", picture, 0, (head.face, *head.others), head.landmarks, head.pose)


def mask_of(head: Head) -> Pixels:
    mask = neck_mask(head.pixels.shape, head.landmarks, head.others)
    assert mask is not None
    return mask


def drawn(head: Head) -> Pixels:
    png = face_and_neck(examined(head))
    assert png is not None
    return decoded(png)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_in_place_of_everything_beside_face_and_neck_changes_no_byte(head: Head, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, head.pixels.shape, np.uint8)
    painted = np.where(mask_of(head)[..., None] > 0, head.pixels, noise)
    assert face_and_neck(examined(head, painted)) == face_and_neck(examined(head)) is not None


def test_no_single_pixel_along_the_lines_changes_a_byte(head: Head) -> None:
    mask, before = mask_of(head), face_and_neck(examined(head))
    rim = np.argwhere((cv2.dilate(mask, np.ones((7, 7), np.uint8)) > 0) & (mask == 0))
    for y, x in np.random.default_rng(1).permutation(rim)[:30]:
        changed = head.pixels.copy()
        changed[y, x] = 255 - changed[y, x]
        assert face_and_neck(examined(head, changed)) == before, (x, y)


def test_the_neck_is_in_it_and_the_crop_has_none_of_it() -> None:
    head = astronaut()
    x, y = (round(float(value)) for value in neck(head.landmarks)[2:].mean(axis=0))
    changed = head.pixels.copy()
    changed[y - 8 : y - 5, x - 2 : x + 2] = 0
    assert face_and_neck(examined(head, changed)) != face_and_neck(examined(head))
    assert head.crop(changed) == head.crop()


def test_it_lies_over_the_crop_of_the_same_picture(head: Head) -> None:
    crop, wider = head.drawn(), drawn(head)
    rim = round(SOFT * len(crop)) + 2
    face = (crop != GREY).any(axis=2).astype(np.uint8)
    inside = cv2.erode(face, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8))
    assert (inside > 0).sum() > 100
    assert np.abs(crop.astype(int) - wider[: len(crop)])[inside > 0].max() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_canvas_is_a_quarter_taller_than_the_crop(name: str) -> None:
    height, width, _ = drawn(heads()[name]).shape
    assert width in SIDES
    assert height * 4 == width * 5


def seen_from(landmarks: Landmarks, points: Vectors) -> Vectors:
    """n × 2: shares of the width to the left of the middle and below the ends of the jaw."""
    frame = frame_of(landmarks)
    return (points - frame.middle) @ np.column_stack([frame.across, frame.down]) / frame.width


def moved(seed: int, astray: float) -> Landmarks:
    points = astronaut().landmarks.points
    shift = np.random.default_rng(seed).normal(0, astray * astronaut().face.eye_distance, points.shape)
    return Landmarks(np.asarray(points + shift, np.float32))


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.3))
@settings(deadline=None)
def test_the_neck_is_never_wider_higher_or_longer_than_a_neck(seed: int, astray: float) -> None:
    landmarks = moved(seed, astray)
    points = landmarks.points.astype(np.float64)
    frame, lines = frame_of(landmarks), neck(landmarks).astype(np.float64)
    brow_to_chin = float((points[CHIN] - points[BROWS].mean(axis=0)) @ frame.down) / frame.width
    chin = seen_from(landmarks, points)[CHIN, 1]
    top, end = seen_from(landmarks, lines[:2]), seen_from(landmarks, lines[2:])
    assert np.linalg.norm(lines[1] - lines[0]) <= (2 * NECK + 0.001) * frame.width
    assert np.linalg.norm(lines[2] - lines[3]) <= np.linalg.norm(lines[1] - lines[0])
    # A tilted head's neck goes down with the picture, so its corners may lie half a width of it higher or lower.
    assert top[:, 1].mean() == pytest.approx(chin - NECK_FROM, abs=0.001)
    assert end[:, 1].mean() <= chin + max(brow_to_chin, 0) * NECK_LONG + 0.001


def test_the_neck_of_a_turned_head_stands_to_the_side_that_is_nearer() -> None:
    for name in ("actor-0", "group-3", "group-4"):
        landmarks = heads()[name].landmarks
        middle = seen_from(landmarks, neck(landmarks).astype(np.float64))[:2, 0].mean()
        assert middle * turning(landmarks) < -0.01, name


def test_above_the_mouth_it_holds_no_more_than_the_crop_and_an_ear_s_width() -> None:
    head = astronaut()
    level = round(float(head.landmarks.points[33, 1]))
    beyond = np.argwhere((mask_of(head) > 0) & (head.mask == 0))
    assert beyond[:, 0].min() > level
    below = outline(head.landmarks)[:, 1].max()
    assert beyond[:, 0].max() > below + 10


def test_another_face_on_the_neck_is_cut_away() -> None:
    head = astronaut()
    x, y = (float(value) for value in neck(head.landmarks)[2:].mean(axis=0))
    neighbour = replace(head.face, box=(x - 12, y - 20, 24, 24))
    mask = mask_of(replace(head, others=(neighbour,)))
    assert mask[round(y - 8), round(x)] == 0
    assert mask_of(head)[round(y - 8), round(x)] == 255


def test_a_face_that_is_not_shown_has_no_neck_that_is() -> None:
    head = astronaut()
    assert face_and_neck(Examined("live-0", head.pixels, 0, (), None, None)) is None
    assert face_and_neck(examined(replace(head, face=replace(head.face, score=0.5)))) is None
    assert face_and_neck(examined(replace(head, others=(head.face,)))) is None
    assert face_and_neck(examined(replace(head, pixels=head.pixels[:40, :40]))) is None


def test_the_whole_frame_is_the_stored_frame() -> None:
    stored = jpeg(photograph("astronaut"))
    assert np.array_equal(decoded(whole_frame(stored)), decoded(stored))
    assert whole_frame(stored) == whole_frame(stored)


def test_a_large_frame_is_averaged_down() -> None:
    large = np.zeros((1000, 2560, 3), np.uint8)
    large[:, 1280:] = 200
    frame = decoded(whole_frame(jpeg(large)))
    assert frame.shape == (500, LONGEST_SIDE, 3)
    assert frame[:, :600].max() <= 1
    assert frame[:, 700:].min() >= 199


@pytest.mark.parametrize("data", [b"", b"no picture"])
def test_bytes_that_are_no_image_have_no_frame(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        whole_frame(data)
