"""Whoever looks is written into what they see: plainly below the face, faintly across it."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat
from PIL.PngImagePlugin import PngInfo

from verification.review.marking import SIDE, STRIP, mark
from verification.review.tracing.carrier import TILE, Floats

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
FACE = (SIDE // 4, SIDE // 8, SIDE * 3 // 4, SIDE * 7 // 8)
STRIP_BOX = (0, SIDE, SIDE, SIDE + STRIP)
NOTHING_HIDDEN: Floats = np.zeros((TILE, TILE), np.float32)
"""The hidden mark has tests of its own (tests/review/tracing)."""


def a_crop(colour: tuple[int, int, int] = (150, 110, 90), side: int = SIDE, **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG", **saved)
    return out.getvalue()


def shown(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture), formats=("WEBP", "PNG")) as opened:
        return opened.convert("RGB")


def marked(
    viewer: str = "Mira Okonkwo", at: datetime = NOON, crop: bytes | None = None, account: str = ""
) -> Image.Image:
    return shown(mark(crop or a_crop(), NOTHING_HIDDEN, viewer=viewer, at=at, account=account))


def changed(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many pixels of a box differ."""
    difference = (
        ImageChops.difference(one.crop(box), other.crop(box)).convert("L").point(lambda level: 255 * (level > 2))
    )
    return difference.histogram()[255]


@pytest.mark.parametrize("colour", [(250, 235, 225), (150, 110, 90), (45, 30, 25), (134, 134, 134)])
def test_the_mark_lies_over_the_face_whatever_its_skin(colour: tuple[int, int, int]) -> None:
    bare = Image.new("RGB", (SIDE, SIDE + STRIP), colour)
    assert changed(marked(crop=a_crop(colour)), bare, FACE) > 1000


@pytest.mark.parametrize("box", [FACE, STRIP_BOX], ids=["face", "strip"])
def test_another_viewer_and_another_second_leave_another_mark(box: tuple[int, int, int, int]) -> None:
    assert changed(marked(), marked("Jon Berg"), box) > 50
    assert changed(marked(), marked(at=NOON + timedelta(seconds=1)), box) > 5


def test_every_part_of_the_face_a_hand_wide_carries_some_of_the_mark() -> None:
    bare, seen = Image.new("RGB", (SIDE, SIDE + STRIP), (150, 110, 90)), marked()
    for x in range(FACE[0], FACE[2] - 150, 50):
        for y in range(FACE[1], FACE[3] - 150, 50):
            assert changed(seen, bare, (x, y, x + 150, y + 150)) > 30, (x, y)


def test_the_mark_across_the_face_is_faint() -> None:
    difference = ImageChops.difference(marked().crop(FACE), Image.new("RGB", (SIDE, SIDE), (150, 110, 90)).crop(FACE))
    assert max(high for _, high in ImageStat.Stat(difference).extrema) < 45
    assert max(ImageStat.Stat(difference).mean) < 2.5


@pytest.mark.parametrize("side", [128, 256, 512])
def test_crops_of_every_size_are_shown_at_one_size(side: int) -> None:
    assert marked(crop=a_crop(side=side)).size == (SIDE, SIDE + STRIP)


def test_nothing_that_came_with_the_crop_leaves_but_its_pixels() -> None:
    told = PngInfo()
    told.add_text("Comment", "where it was taken")
    seen = mark(a_crop(pnginfo=told, dpi=(72, 72)), NOTHING_HIDDEN, viewer="Mira", at=NOON)
    # The simple form of a WebP file without loss: one chunk of pixels to its end, and no room for anything else.
    assert (seen[:4], seen[8:16]) == (b"RIFF", b"WEBPVP8L")
    assert 20 + int.from_bytes(seen[16:20], "little") in (len(seen), len(seen) - 1)
    assert b"where it was taken" not in seen


def test_the_time_is_written_in_utc() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=8)))
    assert marked(at=elsewhere).tobytes() == marked().tobytes()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        marked(at=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("viewer", ["", " \n", "\u202e\u200b", "\x00"])
def test_a_look_by_nobody_is_refused(viewer: str) -> None:
    with pytest.raises(ValueError, match="name"):
        marked(viewer)


def test_what_is_no_png_is_refused() -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE)).save(jpeg, "JPEG")
    for data in (b"", b"not a picture", jpeg.getvalue()):
        with pytest.raises(OSError, match="image"):
            mark(data, NOTHING_HIDDEN, viewer="Mira", at=NOON)


def test_a_name_too_long_for_the_strip_never_touches_the_time() -> None:
    time_alone = marked("I").crop((SIDE - 175, SIDE, SIDE, SIDE + STRIP))
    for name in ("W" * 80, "Wilhelmina " * 30):
        assert marked(name).crop((SIDE - 175, SIDE, SIDE, SIDE + STRIP)).tobytes() == time_alone.tobytes()
