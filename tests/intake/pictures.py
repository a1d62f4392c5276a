"""Pictures made on the spot: no photograph is needed to try a decoder."""

import struct
import zlib
from io import BytesIO

from PIL import Image

from verification.intake.images import NormalisedImage, RefusedImage, normalise_images

CORNERS = (
    (250, 10, 10),
    (10, 250, 10),
    (10, 10, 250),
    (240, 240, 20),
)  # top left, top right, bottom left, bottom right


def quarters(width: int = 160, height: int = 96) -> Image.Image:
    """Four flat quarters of different colours, so that every way of turning it shows."""
    small = Image.new("RGB", (2, 2))
    for index, colour in enumerate(CORNERS):
        small.putpixel((index % 2, index // 2), colour)
    return small.resize((width, height), Image.Resampling.NEAREST)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    target = BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def jpeg(**options: object) -> bytes:
    return encoded(quarters(), "JPEG", quality=95, subsampling=0, **options)


def png(**options: object) -> bytes:
    return encoded(quarters(), "PNG", **options)


def webp(**options: object) -> bytes:
    return encoded(quarters(), "WEBP", quality=95, **options)


def animation(kind: str) -> bytes:
    return encoded(quarters(), kind, save_all=True, append_images=[quarters().rotate(180)], duration=100)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, body) for kind, body in chunks)


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def with_comment(picture: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment straight after its start."""
    return picture[:2] + jpeg_segment(0xFE, comment) + picture[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def normalised(upload: bytes) -> NormalisedImage:
    (result,) = normalise_images([upload])
    assert isinstance(result, NormalisedImage), result
    return result


def refusal(upload: bytes) -> str:
    (result,) = normalise_images([upload])
    assert isinstance(result, RefusedImage), result
    return result.code.value


def corners(image: NormalisedImage) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters."""
    with Image.open(BytesIO(image.data)) as picture:
        picture.load()
        places = [(x * picture.width // 4, y * picture.height // 4) for y in (1, 3) for x in (1, 3)]
        pixels = [picture.getpixel(place) for place in places]
    return [(pixel[0], pixel[1], pixel[2]) for pixel in pixels if isinstance(pixel, tuple)]


def alike(found: list[tuple[int, int, int]], wanted: list[tuple[int, int, int]], within: int = 6) -> bool:
    """Whether every channel of every colour is within ``within`` of 255."""
    pairs = [(a, b) for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)]
    return all(abs(a - b) <= within for a, b in pairs)
