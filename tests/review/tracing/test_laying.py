"""The mark costs a picture next to nothing, and flat paper nothing at all."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFilter

from verification.review.marking import SIDE, STRIP
from verification.review.tracing.carrier import TILE, Floats, carrier_of
from verification.review.tracing.laying import laid
from verification.review.tracing.payload import sealed

from .pictures import ANOTHER_KEY, ANOTHER_LOOK, KEY, LOOK, NAMES, crop, opened, tile_of


def decibels(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> float:
    """Peak signal to noise."""
    difference = np.asarray(one.crop(box), np.float64) - np.asarray(other.crop(box), np.float64)
    return float(10 * np.log10(255**2 / np.mean(difference**2)))


def enlarged(name: str) -> Image.Image:
    return opened(crop(name)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("name", NAMES)
def test_quality_stays_above_forty_decibels_over_picture_and_face(name: str) -> None:
    bare = enlarged(name)
    marked = laid(bare, tile_of(LOOK))
    assert decibels(bare, marked, (0, 0, SIDE, SIDE)) > 45
    assert decibels(bare, marked, (SIDE // 4, SIDE // 4, SIDE * 3 // 4, SIDE * 3 // 4)) > 42


def test_no_picture_whatever_loses_more() -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (256, 256, 3)).astype(np.uint8))
    assert decibels(noise, laid(noise, tile_of(LOOK)), (0, 0, 256, 256)) > 40


@pytest.mark.parametrize("level", [0, 1, 134, 255])
def test_flat_paper_is_left_alone(level: int) -> None:
    paper = Image.new("RGB", (SIDE, SIDE + STRIP), (level, level, level))
    assert laid(paper, tile_of(LOOK)).tobytes() == paper.tobytes()


def test_the_paper_around_a_face_carries_nothing_beyond_a_finger_s_breadth() -> None:
    bare = enlarged(NAMES[0])
    changed = np.asarray(ImageChops.difference(bare, laid(bare, tile_of(LOOK))).convert("L")) > 0
    drawn = Image.fromarray((np.asarray(bare) != 134).any(axis=2))
    far = np.asarray(drawn.convert("L").filter(ImageFilter.BoxBlur(18))) == 0
    assert far.mean() > 0.4
    assert not changed[far].any()


def test_colours_shift_together() -> None:
    bare = enlarged(NAMES[0])
    change = np.asarray(laid(bare, tile_of(LOOK)), np.int16) - np.asarray(bare, np.int16)
    assert (change == change[..., :1]).mean() > 0.999


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (640, 5), (129, 127)])
def test_pictures_of_any_shape_take_it(size: tuple[int, int]) -> None:
    assert laid(Image.new("RGB", size, (150, 110, 90)), tile_of(LOOK)).size == size


def correlation(one: Floats, other: Floats) -> float:
    """The best over all shifts: -1 to 1."""
    product = np.fft.rfft2(one) * np.fft.rfft2(other).conj()
    return float(np.fft.irfft2(product).max() / np.sqrt((one**2).sum() * (other**2).sum()))


def test_tiles_of_other_looks_and_other_keys_look_different() -> None:
    tile = tile_of(LOOK)
    assert tile.shape == (TILE, TILE)
    assert tile.std() == pytest.approx(1, abs=0.05)
    assert np.abs(tile).max() <= 2.5
    assert correlation(tile, tile_of(LOOK)) == pytest.approx(1, abs=1e-5)
    assert correlation(tile, tile_of(ANOTHER_LOOK)) < 0.5
    assert correlation(tile, carrier_of(ANOTHER_KEY).tile(sealed(LOOK, KEY))) < 0.2


def test_two_looks_begin_at_different_places() -> None:
    product = np.fft.rfft2(tile_of(LOOK)) * np.fft.rfft2(tile_of(ANOTHER_LOOK)).conj()
    assert int(np.fft.irfft2(product).argmax()) != 0
