"""The mark survives what happens to a leaked picture on its way, and says nothing that was not hidden there."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from PIL import Image

from verification.review.tracing.carrier import PLACE_BITS, TILE
from verification.review.tracing.payload import Payload, sealed
from verification.review.tracing.reading import ATTEMPTS, SMALLEST, detect

from .distortions import PAIRS, SINGLE, Distortion, cut_to, jpeg, scaled, screenshot
from .pictures import ANOTHER_KEY, ANOTHER_LOOK, KEY, LOOK, NAMES, crop, opened, seen

WHERE = (0.0, 0.5, 1.0)


def numbers(picture: Image.Image, key: bytes = KEY) -> list[int]:
    return [mark.payload.number for mark in detect(picture, key)]


@pytest.mark.parametrize(
    ("number", "distortion"), list(enumerate([*SINGLE.values(), *PAIRS.values()])), ids=[*SINGLE, *PAIRS]
)
def test_it_is_read_after(number: int, distortion: Distortion) -> None:
    """Each on one face and one place of cutting, in turn; the benchmark tries many of both."""
    found = detect(distortion(seen(NAMES[number % len(NAMES)]), WHERE[number // 3 % len(WHERE)]), KEY)
    assert [mark.payload for mark in found] == [LOOK]
    assert 0.7 < found[0].agreement <= 1


def test_two_looks_on_one_screen_are_both_named() -> None:
    left, right = scaled(0.9)(seen(NAMES[0]), 0), scaled(0.9)(seen(NAMES[1], ANOTHER_LOOK), 0)
    page = Image.new("RGB", (1440, 900), (245, 245, 248))
    page.paste(left, (80, 120))
    page.paste(right, (80 + left.width + 16, 120))
    assert sorted(numbers(jpeg(80)(page, 0))) == [LOOK.number, ANOTHER_LOOK.number]


def test_two_looks_whose_tiles_lie_on_each_other_are_both_named() -> None:
    """The second is placed so that its tile begins where the first one's does, whole tiles away."""
    down, across = (one - other for one, other in zip(beginning(LOOK), beginning(ANOTHER_LOOK), strict=True))
    page = Image.new("RGB", (1440, 900), (245, 245, 248))
    page.paste(seen(NAMES[0]), (24, 120))
    page.paste(seen(NAMES[1], ANOTHER_LOOK), (24 + 5 * TILE + across % TILE, 120 + down % TILE))
    assert sorted(numbers(page)) == [LOOK.number, ANOTHER_LOOK.number]


def beginning(look: Payload) -> tuple[int, int]:
    """Down and across, in pixels of the picture."""
    bits = "".join(str(bit) for bit in sealed(look, KEY)[-2 * PLACE_BITS :])
    return divmod(int(bits, 2), TILE)


@pytest.mark.parametrize("name", NAMES)
def test_an_unmarked_crop_says_nothing(name: str) -> None:
    assert detect(opened(crop(name)), KEY) == []


@pytest.mark.parametrize("shipped", ["coffee.png", "rocket.jpg", "chelsea.png", "brick.png", "grass.png"])
def test_photographs_and_textures_say_nothing(shipped: str) -> None:
    with Image.open(str(files("skimage").joinpath("data", shipped))) as picture:
        assert detect(picture.convert("RGB"), KEY) == []


def test_another_installation_s_mark_says_nothing() -> None:
    assert detect(seen(), ANOTHER_KEY) == []


@pytest.mark.parametrize("level", [0, 134, 255])
def test_flat_pictures_say_nothing(level: int) -> None:
    assert detect(Image.new("RGB", (300, 300), (level, level, level)), KEY) == []


def test_noise_and_stripes_say_nothing() -> None:
    random = np.random.default_rng(1)
    noise = random.integers(0, 256, (400, 400, 3)).astype(np.uint8)
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::8] = 255
    for picture in (noise, stripes):
        assert detect(Image.fromarray(picture), KEY) == []


@pytest.mark.parametrize("size", [(SMALLEST - 1, 500), (500, 1), (1, 1)])
def test_what_is_too_small_to_hold_half_a_tile_is_not_looked_through(size: tuple[int, int]) -> None:
    assert detect(seen().resize(size), KEY) == []


@pytest.mark.parametrize("size", [(SMALLEST, SMALLEST), (2048, SMALLEST), (SMALLEST, 2048)])
def test_odd_shapes_are_looked_through(size: tuple[int, int]) -> None:
    assert detect(seen().resize(size), KEY) == []


def test_a_cut_that_leaves_too_little_says_nothing_rather_than_something_wrong() -> None:
    for where in WHERE:
        assert set(numbers(cut_to(0.12)(seen(), where))) <= {LOOK.number}


def test_the_largest_screenshot_is_read() -> None:
    shot = screenshot(2.0)(seen(), 0)
    page = Image.new("RGB", (2048, 2048), (20, 22, 26))
    page.paste(shot, (100, 60))
    assert numbers(page) == [LOOK.number]


def test_chance_accuses_less_than_once_in_a_thousand_million_pictures() -> None:
    assert ATTEMPTS * 2.0**-34 < 1e-9
