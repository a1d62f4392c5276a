"""A wider picture of any shape carries the mark as thoroughly as a crop does, and is never squeezed."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from verification.review.marking import SIDE, STRIP, TALLEST, mark_wider

from .test_marking import NOON, NOTHING_HIDDEN, a_crop, changed, shown

SKIN = (150, 110, 90)
SHAPES = [(512, 640), (256, 320), (1280, 720), (720, 1280), (600, 600)]


def picture(size: tuple[int, int], colour: tuple[int, int, int] = SKIN) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def marked(png: bytes, viewer: str = "Mira Okonkwo", word: str = "Face and neck") -> Image.Image:
    return shown(mark_wider(png, NOTHING_HIDDEN, word, viewer=viewer, at=NOON))


@pytest.mark.parametrize("size", SHAPES)
def test_every_part_a_hand_wide_carries_some_of_the_mark(size: tuple[int, int]) -> None:
    seen = marked(picture(size))
    bare = Image.new("RGB", seen.size, SKIN)
    for x in range(0, seen.width - 180, 60):
        for y in range(0, seen.height - STRIP - 180, 60):
            assert changed(seen, bare, (x, y, x + 180, y + 180)) > 30, (x, y)


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((512, 640), (512, 640)), ((1280, 720), (1280, 720)), ((128, 160), (512, 640)), ((600, 1280), (600, 1280))],
)
def test_its_shape_stays_and_a_narrow_one_is_widened(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    width, height = becomes
    assert marked(picture(size)).size == (width, height + STRIP)


@pytest.mark.parametrize("size", [(300, 1280), (60, 1200), (40, 200), (1, 1)])
def test_one_too_tall_to_be_widened_stands_in_the_middle(size: tuple[int, int]) -> None:
    seen = marked(picture(size))
    assert seen.width == SIDE
    assert seen.height <= TALLEST + STRIP
    middle = seen.crop((SIDE // 2, 0, SIDE // 2 + 1, 20)).resize((1, 1)).getpixel((0, 0))
    assert isinstance(middle, tuple)
    assert all(abs(one - other) < 50 for one, other in zip(middle, SKIN, strict=True))


def test_the_strip_says_who_and_how_much_is_shown() -> None:
    strip = (0, 640, 512, 640 + STRIP)
    face = (100, 100, 400, 600)
    one = marked(picture((512, 640)))
    for other in (marked(picture((512, 640)), word="Whole stored frame"), marked(picture((512, 640)), "Jon Berg")):
        assert changed(one, other, strip) > 50
        assert changed(one, other, face) > 50


def test_nobody_and_no_picture_are_refused_as_with_a_crop() -> None:
    with pytest.raises(ValueError, match="name"):
        mark_wider(a_crop(), NOTHING_HIDDEN, "Face and neck", viewer=" ", at=NOON)
    with pytest.raises(ValueError, match="zone"):
        mark_wider(a_crop(), NOTHING_HIDDEN, "Face and neck", viewer="Mira", at=NOON.replace(tzinfo=None))
    with pytest.raises(OSError, match="image"):
        mark_wider(b"not a picture", NOTHING_HIDDEN, "Face and neck", viewer="Mira", at=NOON)
