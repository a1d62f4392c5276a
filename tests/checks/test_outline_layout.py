"""Two crops can be laid side by side: one eye line, one scale, and nothing but a face in either."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from verification.checks.engines.alignment import (
    EDGE,
    EYE_DISTANCE,
    EYE_LINE,
    MOST_ENLARGED,
    SIDES,
    Placement,
    eyes_of,
    place,
)
from verification.checks.engines.bundle import engines_from_settings
from verification.checks.engines.contour import outline
from verification.checks.engines.outline import crop_of, redacted_crop
from verification.checks.engines.shapes import Face, Landmarks, Pixels, Points

from .heads import Head, astronaut, heads, heads_in, photograph


def eyes_in(drawn: Pixels) -> Points:
    """Right and left eye in the crop, as shares of its side."""
    (head,) = heads_in(drawn)
    return np.asarray(np.array(eyes_of(head.landmarks)) / len(drawn), np.float32)


def turned(degrees: float) -> Pixels:
    move = cv2.getRotationMatrix2D((224, 120), degrees, 1)
    return np.asarray(cv2.warpAffine(photograph("astronaut"), move, (512, 512)), np.uint8)


def scaled(factor: float) -> Pixels:
    return np.asarray(cv2.resize(photograph("astronaut"), None, fx=factor, fy=factor), np.uint8)


VARIANTS = {"as-it-is": scaled(1), "half": scaled(0.5), "triple": scaled(3), "left": turned(20), "right": turned(-20)}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_eyes_lie_on_one_line_at_one_distance_however_large_or_tilted(name: str) -> None:
    right, left = eyes_in(heads_in(VARIANTS[name])[0].drawn())
    assert right[1] == pytest.approx(EYE_LINE, abs=0.02)
    assert left[1] == pytest.approx(EYE_LINE, abs=0.02)
    assert left[0] - right[0] == pytest.approx(EYE_DISTANCE, rel=0.05)


@pytest.mark.parametrize("name", ["astronaut-0", "group-0", "group-1", "group-4", "group-5"])
def test_one_face_and_no_other_is_found_in_the_crop(name: str) -> None:
    right, left = eyes_in(heads()[name].drawn())
    assert (right[1] + left[1]) / 2 == pytest.approx(EYE_LINE, abs=0.02)


@pytest.mark.parametrize(("factor", "side"), [(3.0, 512), (0.8, 256), (0.4, 128)])
def test_a_smaller_face_gets_a_smaller_canvas_rather_than_invented_detail(factor: float, side: int) -> None:
    head = heads_in(scaled(factor))[0]
    placement = placement_of(head)
    assert placement.scale <= MOST_ENLARGED
    assert head.drawn().shape == (side, side, 3)
    assert side in SIDES


def test_one_face_laid_over_another_has_its_eyes_where_the_other_has_them() -> None:
    for name in ("astronaut-0", "group-0", "group-1"):
        right, left = eyes_of(heads()[name].landmarks)
        placed = placement_of(heads()[name]).matrix
        assert placed[:, :2] @ (right + left) / 2 + placed[:, 2] == pytest.approx(middle(heads()[name]), abs=0.01)


def placement_of(head: Head) -> Placement:
    placement = place(head.landmarks, head.pose, outline(head.landmarks))
    assert placement is not None
    return placement


def middle(head: Head) -> tuple[float, float]:
    side = placement_of(head).side
    return side / 2, side * EYE_LINE


def test_the_eyes_of_a_head_turned_far_give_way_so_that_its_ear_stays_on_the_canvas() -> None:
    points = heads()["group-3"].landmarks.points.copy()
    far = replace(heads()["group-3"], landmarks=Landmarks(np.asarray(points * (1.3, 1), np.float32)))
    placement = placement_of(far)
    corners = outline(far.landmarks) @ placement.matrix[:, :2].T + placement.matrix[:, 2]
    eyes = placement.matrix[:, :2] @ np.mean(eyes_of(far.landmarks), axis=0) + placement.matrix[:, 2]
    assert eyes[0] < placement.side / 2 - 1
    assert corners[:, 0].max() == pytest.approx(placement.side * (1 - EDGE), abs=0.01)


def test_the_whole_outline_stands_on_the_canvas() -> None:
    for head in heads().values():
        placement = placement_of(head)
        corners = outline(head.landmarks) @ placement.matrix[:, :2].T + placement.matrix[:, 2]
        assert corners.min() > 0
        assert corners.max() < placement.side


def test_the_file_holds_pixels_and_nothing_else() -> None:
    png = astronaut().crop()
    assert png is not None
    assert chunks(png) == {b"IHDR", b"IDAT", b"IEND"}


def chunks(png: bytes) -> set[bytes]:
    kinds, at = set(), 8
    while at < len(png):
        kinds.add(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    return kinds


def test_the_same_face_gives_the_same_bytes() -> None:
    assert astronaut().crop() == astronaut().crop()


def test_the_picture_itself_is_left_alone() -> None:
    head = astronaut()
    before = head.pixels.copy()
    head.crop()
    assert np.array_equal(head.pixels, before)


def test_an_examined_image_gives_the_crop_of_its_most_prominent_face() -> None:
    examined = engines_from_settings().examine_pixels("live-0", photograph("astronaut"))
    assert crop_of(examined) == astronaut().crop()


def test_another_face_within_the_outline_is_cut_away() -> None:
    head = astronaut()
    chin = head.landmarks.points[4]
    neighbour = Face((float(chin[0]) - 8, float(chin[1]) - 8, 16, 16), head.face.points, 0.9)
    alone, together = head.mask, replace(head, others=(neighbour,)).mask
    x, y = (round(float(value)) for value in chin)
    assert alone[y, x + 3] == 255
    assert together[y, x + 3] == 0
    assert together.sum() < alone.sum()


def test_what_another_face_covers_cannot_reach_the_crop() -> None:
    head = astronaut()
    chin = head.landmarks.points[4]
    neighbour = Face((float(chin[0]) - 8, float(chin[1]) - 8, 16, 16), head.face.points, 0.9)
    beside: Head = replace(head, others=(neighbour,))
    painted = np.where(beside.mask[..., None] > 0, head.pixels, np.uint8(255))
    assert redacted_crop(painted, head.face, head.landmarks, head.pose, (neighbour,)) == beside.crop() is not None
    assert head.crop(painted) != head.crop()
