"""No pixel outside the outline reaches the crop: not by softening, not by scaling, not by turning."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verification.checks.engines.alignment import place
from verification.checks.engines.contour import outline
from verification.checks.engines.outline import GREY
from verification.checks.engines.shapes import Pixels

from .heads import Head, heads, heads_in, photograph

NAMES = ["astronaut-0", "actor-0", "group-0", "group-1", "group-3", "group-4", "group-5"]
MAGENTA = np.array([255, 0, 255], np.uint8)


@pytest.fixture(params=NAMES)
def head(request: pytest.FixtureRequest) -> Head:
    return heads()[request.param]


def test_every_head_that_can_be_shown_is_tested_and_the_near_profile_cannot() -> None:
    assert set(heads()) == set(NAMES)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_in_place_of_everything_outside_changes_no_byte(head: Head, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, head.pixels.shape, np.uint8)
    assert head.crop(np.where(head.mask[..., None] > 0, head.pixels, noise)) == head.crop()


def test_no_single_pixel_along_the_outline_changes_a_byte(head: Head) -> None:
    before = head.crop()
    rim = np.argwhere((cv2.dilate(head.mask, np.ones((7, 7), np.uint8)) > 0) & (head.mask == 0))
    for y, x in np.random.default_rng(1).permutation(rim)[:40]:
        changed = head.pixels.copy()
        changed[y, x] = 255 - changed[y, x]
        assert head.crop(changed) == before, (x, y)


def test_a_pixel_well_inside_does_change_the_crop(head: Head) -> None:
    depth = cv2.distanceTransform(head.mask, cv2.DIST_L2, 5)
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    changed = head.pixels.copy()
    changed[y, x] = 255 - changed[y, x]
    assert head.crop(changed) != head.crop()


def test_no_colour_from_outside_tinges_a_grey_face(head: Head) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(head.pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    drawn = head.drawn(np.where(head.mask[..., None] > 0, grey, MAGENTA))
    assert np.array_equal(drawn, np.repeat(drawn[..., :1], 3, axis=2))


def test_beyond_the_outline_there_is_one_flat_grey(head: Head) -> None:
    drawn = head.drawn()
    line = outline(head.landmarks)
    placement = place(head.landmarks, head.pose, line)
    assert placement is not None
    inside = np.zeros(drawn.shape[:2], np.uint8)
    corners = line @ placement.matrix[:, :2].T + placement.matrix[:, 2]
    cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 255)
    assert (drawn[cv2.dilate(inside, np.ones((3, 3), np.uint8)) == 0] == GREY).all()
    assert (drawn[inside > 0] != GREY).any()


def enlarged(pixels: Pixels, factor: float) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize("factor", [0.4, 3.0, 6.0])
def test_it_holds_for_small_faces_and_for_large_ones_that_are_averaged_down(factor: float) -> None:
    head = heads_in(enlarged(photograph("astronaut")[:300, 80:380], factor))[0]
    noise = np.random.default_rng(2).integers(0, 256, head.pixels.shape, np.uint8)
    assert head.crop(np.where(head.mask[..., None] > 0, head.pixels, noise)) == head.crop() is not None
