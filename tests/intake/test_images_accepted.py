"""What honest pictures become: upright, 8-bit RGB, bounded, and without a word about where they came from."""

import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from tests.intake import pictures
from tests.intake.pictures import CORNERS, alike, corners, encoded, normalised, quarters
from verification.intake.images import NormalisedImage, normalise_images

UPRIGHT = list(CORNERS)


@pytest.mark.parametrize("make", [pictures.jpeg, pictures.png, pictures.webp])
def test_each_accepted_type_keeps_its_colours_and_size(make: Callable[[], bytes]) -> None:
    image = normalised(make())

    assert (image.width, image.height) == (160, 96)
    assert alike(corners(image), UPRIGHT)


def test_a_progressive_jpeg_is_accepted() -> None:
    assert alike(corners(normalised(pictures.jpeg(progressive=True))), UPRIGHT)


def test_a_jpeg_with_restart_markers_is_accepted() -> None:
    assert alike(corners(normalised(pictures.jpeg(restart_marker_blocks=2))), UPRIGHT)


def test_the_result_is_a_jpeg_without_chroma_subsampling_whatever_was_sent() -> None:
    with Image.open(BytesIO(normalised(pictures.webp()).data)) as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        assert {component[1:3] for component in getattr(picture, "layer")} == {(1, 1)}  # noqa: B009 - not in the stubs


def test_the_name_of_a_file_plays_no_part() -> None:
    """There is no name: a PNG sent as ``face.jpg`` arrives here as the bytes it is."""
    results = normalise_images([pictures.png(), pictures.webp(), pictures.jpeg()])

    assert all(isinstance(result, NormalisedImage) for result in results)


TURNED = {
    1: (0, 1, 2, 3),
    2: (1, 0, 3, 2),
    3: (3, 2, 1, 0),
    4: (2, 3, 0, 1),
    5: (0, 2, 1, 3),
    6: (2, 0, 3, 1),
    7: (3, 1, 2, 0),
    8: (1, 3, 0, 2),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_exif_orientation_is_applied(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = normalised(encoded(quarters(), kind, exif=exif, quality=95))

    assert alike(corners(image), [UPRIGHT[index] for index in TURNED[orientation]], within=20)
    assert (image.width, image.height) == ((160, 96) if orientation < 5 else (96, 160))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_impossible_orientation_counts_as_none(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert alike(corners(normalised(pictures.jpeg(exif=exif))), UPRIGHT)


def test_an_unreadable_exif_block_counts_as_none() -> None:
    assert alike(corners(normalised(pictures.jpeg(exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff junk"))), UPRIGHT)


def test_no_metadata_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "made at 12 Secret Street"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload = pictures.jpeg(
        exif=exif, icc_profile=profile, comment=b"Secret comment", xmp=b"<x:xmpmeta>Secret</x:xmpmeta>"
    )
    assert b"Secret" in upload

    image = normalised(upload)

    assert b"Secret" not in image.data
    with Image.open(BytesIO(image.data)) as picture:
        assert set(picture.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_text_in_a_png_does_not_survive() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Secret name", zip=False)

    assert b"Secret" not in normalised(pictures.png(pnginfo=notes)).data


def test_a_large_picture_is_brought_down_to_2048_pixels() -> None:
    image = normalised(encoded(quarters(4000, 3000), "JPEG"))

    assert (image.width, image.height) == (2048, 1536)
    assert alike(corners(image), UPRIGHT, within=20)


@pytest.mark.parametrize(("width", "height", "kind"), [(5000, 5000, "PNG"), (6250, 4000, "JPEG"), (5000, 5000, "WEBP")])
def test_a_picture_of_exactly_the_pixel_limit_fits_the_memory_limit(width: int, height: int, kind: str) -> None:
    image = normalised(encoded(quarters(width, height), kind, method=0, progressive=True))

    assert max(image.width, image.height) == 2048


def test_cmyk_becomes_rgb() -> None:
    assert alike(corners(normalised(encoded(quarters().convert("CMYK"), "JPEG", quality=95))), UPRIGHT, within=30)


def test_grey_becomes_rgb_with_equal_channels() -> None:
    for red, green, blue in corners(normalised(encoded(quarters().convert("L"), "JPEG"))):
        assert max(red, green, blue) - min(red, green, blue) <= 2


def test_one_bit_becomes_black_and_white() -> None:
    picture = Image.new("1", (80, 80), 1)

    assert corners(normalised(encoded(picture, "PNG"))) == [(255, 255, 255)] * 4


def test_a_palette_becomes_its_colours() -> None:
    palette = quarters().convert("P", palette=Image.Palette.ADAPTIVE, colors=4)

    assert alike(corners(normalised(encoded(palette, "PNG"))), UPRIGHT)


def test_sixteen_bit_grey_keeps_its_upper_eight_bits() -> None:
    picture = Image.new("I;16", (80, 80), 0x8040)

    assert alike(corners(normalised(encoded(picture, "PNG"))), [(0x80, 0x80, 0x80)] * 4, within=1)


def test_sixteen_bit_colour_keeps_its_upper_eight_bits() -> None:
    row = b"\x00" + b"\xc8\x11\x64\x22\x32\x33" * 80
    upload = pictures.png_of(pictures.png_header(80, 80, depth=16), (b"IDAT", zlib.compress(row * 80)), (b"IEND", b""))

    assert alike(corners(normalised(upload)), [(0xC8, 0x64, 0x32)] * 4, within=2)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white_and_hides_nothing(kind: str) -> None:
    hidden = Image.new("RGBA", (80, 80), (200, 0, 0, 0))

    assert alike(corners(normalised(encoded(hidden, kind, lossless=True, exact=True))), [(255, 255, 255)] * 4)


def test_palette_transparency_is_laid_on_white() -> None:
    palette = Image.new("P", (80, 80), 0)
    palette.putpalette([200, 0, 0])

    assert alike(corners(normalised(encoded(palette, "PNG", transparency=0))), [(255, 255, 255)] * 4)


def test_the_bytes_do_not_show_when_a_result_is_printed() -> None:
    assert "data" not in repr(normalised(pictures.jpeg()))
