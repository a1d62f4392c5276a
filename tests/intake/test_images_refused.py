"""Files that are not one complete still picture are refused, each with its own code."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from tests.intake import pictures
from tests.intake.pictures import animation, encoded, png_header, png_of, quarters, refusal
from verification.intake.containers import MAX_BYTES, check_container
from verification.intake.images import NormalisedImage, normalise_images
from verification.intake.refusals import SENTENCES, ImageRefusal, Refused

MAKERS = [pictures.jpeg, pictures.png, pictures.webp]


def archive() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as packed:
        packed.writestr("run.sh", "echo hello")
    return target.getvalue()


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(ImageRefusal)


def test_no_bytes() -> None:
    assert refusal(b"") == "image_empty"


def test_more_than_ten_megabytes() -> None:
    assert refusal(pictures.jpeg().ljust(MAX_BYTES + 1, b"\x00")) == "image_too_large"


@pytest.mark.parametrize(
    "upload",
    [
        b"hello",
        b"<html><body>hello</body></html>",
        b"%PDF-1.7 ...",
        b"\x00" * 500,
        archive(),
        animation("GIF"),
        encoded(quarters(), "GIF"),
        encoded(quarters(), "BMP"),
        encoded(quarters(), "TIFF"),
        encoded(quarters(), "AVIF"),
        b"\n" + pictures.jpeg(),
        b"RIFF\x04\x00\x00\x00WAVE",
    ],
)
def test_other_types_and_leading_junk(upload: bytes) -> None:
    assert refusal(upload) == "image_type_not_accepted"


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_file_cut_at_every_tenth(make: Callable[[], bytes], tenths: int) -> None:
    whole = make()

    assert refusal(whole[: len(whole) * tenths // 10]) == "image_truncated"


@pytest.mark.parametrize("make", MAKERS)
def test_a_file_cut_before_its_last_byte(make: Callable[[], bytes]) -> None:
    assert refusal(make()[:-1]) == "image_truncated"


def test_a_png_whose_pixels_end_early_although_its_chunks_are_whole() -> None:
    half = zlib.compress((b"\x00" + b"\x80" * 240) * 80)[:-20]

    assert refusal(png_of(png_header(80, 80), (b"IDAT", half), (b"IEND", b""))) == "image_truncated"


def test_a_png_with_a_changed_byte() -> None:
    upload = bytearray(pictures.png())
    upload[upload.index(b"IDAT") + 10] ^= 1

    assert refusal(bytes(upload)) == "image_corrupt"


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"IEND", b"")],
        [(b"IDAT", b""), (b"IEND", b"")],
        [png_header(80, 80), (b"IEND", b"")],
        [png_header(80, 80), png_header(80, 80), (b"IDAT", b""), (b"IEND", b"")],
        [(b"IHDR", png_header(80, 80)[1] + b"more"), (b"IDAT", b""), (b"IEND", b"")],
        [png_header(80, 80), (b"IDAT", b"not compressed"), (b"IEND", b"")],
        [png_header(80, 80, depth=7), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")],
    ],
)
def test_a_png_with_missing_doubled_or_senseless_chunks(chunks: list[tuple[bytes, bytes]]) -> None:
    assert refusal(png_of(*chunks)) == "image_corrupt"


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xd9",  # No picture at all.
        b"\xff\xfe\x00\x02not a marker",
        b"\xff\xfe\x00\x01\xff\xd9",  # A segment shorter than its own length field.
        b"\xff\xc0\x00\x04\x08\x00\xff\xd9",  # A frame header without room for a size.
        b"\xff\x01\x00\x02\xff\xd9",  # A marker that belongs in no still picture.
        b"\xff\xda\x00\x02\xff\xd9",  # A scan before any frame.
    ],
)
def test_a_jpeg_with_senseless_markers(body: bytes) -> None:
    assert refusal(b"\xff\xd8\xff" + body.removeprefix(b"\xff")) == "image_corrupt"


def test_a_jpeg_with_two_frames() -> None:
    upload = pictures.jpeg()
    start = upload.index(b"\xff\xc0")
    frame = upload[start : start + 2 + struct.unpack(">H", upload[start + 2 : start + 4])[0]]

    assert refusal(upload[:start] + frame + upload[start:]) == "image_corrupt"


def test_a_jpeg_with_more_scans_than_any_camera_writes_reaches_no_decoder() -> None:
    upload = pictures.jpeg()
    scan = upload[upload.index(b"\xff\xda") : -2]
    check_container(upload[:-2] + scan * 63 + upload[-2:])

    with pytest.raises(Refused, match="image_corrupt"):
        check_container(upload[:-2] + scan * 64 + upload[-2:])


@pytest.mark.parametrize("marker", [0xC3, 0xC9, 0xCB])
def test_a_lossless_or_arithmetic_jpeg(marker: int) -> None:
    assert refusal(pictures.jpeg().replace(b"\xff\xc0", bytes((0xFF, marker)), 1)) == "image_type_not_accepted"


def test_a_twelve_bit_jpeg() -> None:
    assert (
        refusal(pictures.jpeg().replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c", 1))
        == "image_type_not_accepted"
    )


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"VP8 ", b"\x00" * 20)],
        [(b"VP8L", b"\x00" * 20)],
        [(b"EXIF", b"no picture")],
        [],
    ],
)
def test_a_webp_without_a_picture(chunks: list[tuple[bytes, bytes]]) -> None:
    assert refusal(pictures.riff(*chunks)) == "image_corrupt"


def test_a_webp_whose_header_chunk_is_too_short_for_a_size() -> None:
    assert refusal(pictures.riff((b"VP8X", b"\x00" * 4))) == "image_truncated"


def test_a_webp_with_two_pictures() -> None:
    picture = (b"VP8 ", pictures.webp()[20:])

    assert refusal(pictures.riff(picture, picture)) == "image_corrupt"


BOMBS = {
    "png": png_of(png_header(40_000, 40_000), (b"IDAT", b""), (b"IEND", b"")),
    "png, nothing but a header": png_of(png_header(40_000, 40_000)),
    "jpeg": pictures.jpeg().replace(struct.pack(">HH", 96, 160), struct.pack(">HH", 40_000, 40_000), 1),
    "webp": pictures.riff((b"VP8X", b"\x00" * 4 + (39_999).to_bytes(3, "little") * 2)),
    "webp lossy": pictures.riff((b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 16_383, 16_383))),
    "webp lossless": pictures.riff((b"VP8L", b"\x2f\xff\xff\xff\x0f" + b"\x00" * 9)),
    "one pixel over": png_of(png_header(5_000, 5_001), (b"IDAT", b""), (b"IEND", b"")),
    "one long line": png_of(png_header(2**31 - 1, 1), (b"IDAT", b""), (b"IEND", b"")),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_header_that_promises_too_many_pixels(bomb: bytes) -> None:
    assert len(bomb) < 10_000
    assert refusal(bomb) == "image_too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (63, 400), (400, 63)])
def test_a_picture_too_small_for_a_face(kind: str, size: tuple[int, int]) -> None:
    assert refusal(encoded(Image.new("RGB", size), kind)) == "image_too_small"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
def test_more_than_one_picture(kind: str) -> None:
    assert refusal(animation(kind)) == "image_animated"


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("tail", [archive(), b"<html>", b"%PDF-1.7", b"\x00", pictures.jpeg()])
def test_anything_after_the_end(make: Callable[[], bytes], tail: bytes) -> None:
    assert refusal(make() + tail) == "image_has_trailing_data"


@pytest.mark.parametrize("note", [archive(), b"<script>alert(1)</script>", b"%PDF-1.7", b"<!DOCTYPE html>", b"<?php"])
def test_a_document_in_the_notes(note: bytes) -> None:
    assert refusal(pictures.with_comment(pictures.jpeg(), note)) == "image_has_embedded_file"
    assert refusal(pictures.riff((b"VP8 ", pictures.webp()[20:]), (b"XMP ", note))) == "image_has_embedded_file"
    png = pictures.png()
    assert refusal(png[:33] + pictures.png_chunk(b"tEXt", note) + png[33:]) == "image_has_embedded_file"


def test_a_body_in_the_last_png_chunk() -> None:
    assert refusal(pictures.png()[:-12] + pictures.png_chunk(b"IEND", b"more")) == "image_has_embedded_file"


def test_the_others_of_a_submission_are_still_judged() -> None:
    first, second, third = normalise_images([pictures.jpeg(), b"junk", pictures.png()])

    assert isinstance(first, NormalisedImage)
    assert not isinstance(second, NormalisedImage)
    assert isinstance(third, NormalisedImage)
