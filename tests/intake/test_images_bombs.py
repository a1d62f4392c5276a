"""Small files that would like to become large: whatever they are, they end within the limits."""

import zlib

import pytest

from tests.intake import pictures
from tests.intake.pictures import normalised, png_header, png_of
from verification.intake.images import NormalisedImage, RefusedImage, normalise_images

ZEROS = zlib.compress(b"\x00" * 200_000_000, 9)


def png_with(*notes: tuple[bytes, bytes]) -> bytes:
    rows = zlib.compress((b"\x00" + b"\x80" * 240) * 80)
    return png_of(png_header(80, 80), *notes, (b"IDAT", rows), (b"IEND", b""))


def test_two_hundred_megabytes_of_pixels_behind_a_small_header() -> None:
    """The decoder stops when the promised rows are full."""
    image = normalised(png_of(png_header(80, 80), (b"IDAT", ZEROS), (b"IEND", b"")))

    assert (image.width, image.height) == (80, 80)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"zTXt", b"note\x00\x00" + ZEROS),
        (b"iTXt", b"note\x00\x01\x00\x00\x00" + ZEROS),
        (b"iCCP", b"profile\x00\x00" + ZEROS),
    ],
)
def test_two_hundred_megabytes_of_notes(kind: bytes, body: bytes) -> None:
    (result,) = normalise_images([png_with((kind, body))])

    assert isinstance(result, NormalisedImage) or result.code in {"image_corrupt", "image_decoder_failed"}


def test_a_picture_of_twenty_five_million_equal_pixels_is_small_again_afterwards() -> None:
    rows = zlib.compress((b"\x00" + b"\x00" * 15_000) * 5_000, 9)
    upload = png_of(png_header(5_000, 5_000), (b"IDAT", rows), (b"IEND", b""))

    assert len(upload) < 100_000
    assert normalised(upload).width == 2048


def test_a_progressive_jpeg_with_as_many_scans_as_allowed_is_answered() -> None:
    upload = pictures.encoded(pictures.quarters(3000, 3000), "JPEG", progressive=True)
    last = upload[upload.rindex(b"\xff\xda") : -2]
    (result,) = normalise_images([upload[:-2] + last * 50 + upload[-2:]])

    assert isinstance(result, NormalisedImage | RefusedImage)
