"""Walk the container of an uploaded picture, from its first byte to its last, before anything decodes it.

Pure Python on bytes: the worst a hostile file can do here is to be refused. What the walk proves about a file that it
lets through: it begins as a JPEG, PNG or WebP; it ends where that format says the picture ends; it holds one still
picture; its stated size is within the limits. What it does not prove: that the compressed data is well formed (the
decoder's child process finds that out), or that compressed pixel data does not also mean something to another
program. The latter does no harm, because the uploaded bytes are never stored or served; only new pixels are.

Sources: ITU-T T.81 annex B (JPEG), W3C PNG third edition, RFC 9649 (WebP).
"""

import re
import zlib
from collections.abc import Iterator

from verification.intake.refusals import ImageRefusal, Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
MIN_SIDE = 64
# A progressive JPEG may ask for the whole picture to be worked through once per scan. Cameras and encoders write
# at most about a dozen; a file with thousands is an attack on the processor.
MAX_JPEG_SCANS = 64

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"

# Signs of another file kind in the parts that are not picture data (comments, EXIF, text, colour profiles). A zip
# is recognised by its closing record, without which no program opens it.
FOREIGN = re.compile(rb"PK\x05\x06|%PDF-|<script|<html|<!doctype|<\?php|<svg", re.IGNORECASE)


def check_container(data: bytes) -> None:
    """Refuse (by raising ``Refused``) whatever is not one complete still picture of an accepted type and size."""
    if not data:
        raise Refused(ImageRefusal.EMPTY)
    if len(data) > MAX_BYTES:
        raise Refused(ImageRefusal.TOO_LARGE)
    if data.startswith(JPEG_START):
        _walk_jpeg(data)
    elif data.startswith(PNG_SIGNATURE):
        _walk_png(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _walk_webp(data)
    else:
        raise Refused(ImageRefusal.TYPE_NOT_ACCEPTED)


def check_size(width: int, height: int) -> None:
    """Refuse a stated size (pixels) beyond the limits. Called the moment a header has been read."""
    if width * height > MAX_PIXELS:
        raise Refused(ImageRefusal.TOO_MANY_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise Refused(ImageRefusal.TOO_SMALL)


def _check_notes(notes: bytes) -> None:
    if FOREIGN.search(notes):
        raise Refused(ImageRefusal.EMBEDDED_FILE)


def _part(data: bytes, start: int, length: int) -> bytes:
    """Exactly ``length`` bytes from ``start``; a file that ends before them is truncated."""
    if start + length > len(data):
        raise Refused(ImageRefusal.TRUNCATED)
    return data[start : start + length]


# JPEG ----------------------------------------------------------------------------------------------------------------

SOI, EOI, SOS, APP2 = 0xD8, 0xD9, 0xDA, 0xE2
# Baseline, extended and progressive Huffman frames. Lossless, hierarchical and arithmetic ones come from no camera.
FRAMES = {0xC0, 0xC1, 0xC2}
OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF, 0xDE, 0xDF}
TABLES = {0xC4, 0xDB, 0xDD}
NOTES = {*range(0xE0, 0xF0), 0xFE}
# Inside compressed data 0xFF is followed by 0 (stuffing), a restart marker, or another 0xFF (fill).
NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)


def _walk_jpeg(data: bytes) -> None:
    frames = scans = 0
    position = 2
    while True:
        marker, position = _jpeg_marker(data, position)
        if marker == EOI:
            break
        segment = _jpeg_segment(data, position)
        position += 2 + len(segment)
        _check_jpeg_segment(marker, segment)
        frames += marker in FRAMES
        if marker == SOS:
            scans += 1
            position = _end_of_scan(data, position)
        if frames > 1 or scans > MAX_JPEG_SCANS or (scans and not frames):
            raise Refused(ImageRefusal.CORRUPT)
    if not scans:
        raise Refused(ImageRefusal.CORRUPT)
    if position != len(data):
        raise Refused(ImageRefusal.TRAILING_DATA)


def _jpeg_marker(data: bytes, position: int) -> tuple[int, int]:
    """The marker at ``position`` and the position after it. Any number of 0xFF may stand before a marker."""
    start = position
    while data[position : position + 1] == b"\xff":
        position += 1
    if position >= len(data):
        raise Refused(ImageRefusal.TRUNCATED)
    if position == start:
        raise Refused(ImageRefusal.CORRUPT)
    return data[position], position + 1


def _jpeg_segment(data: bytes, position: int) -> bytes:
    length = int.from_bytes(_part(data, position, 2), "big")
    if length < 2:
        raise Refused(ImageRefusal.CORRUPT)
    return _part(data, position + 2, length - 2)


def _check_jpeg_segment(marker: int, segment: bytes) -> None:
    if marker in FRAMES:
        _check_jpeg_frame(segment)
    elif marker in OTHER_FRAMES:
        raise Refused(ImageRefusal.TYPE_NOT_ACCEPTED)
    elif marker == APP2 and segment.startswith(b"MPF\x00"):
        raise Refused(ImageRefusal.ANIMATED)
    elif marker in NOTES:
        _check_notes(segment)
    elif marker != SOS and marker not in TABLES:
        raise Refused(ImageRefusal.CORRUPT)


def _check_jpeg_frame(segment: bytes) -> None:
    if len(segment) < 6:
        raise Refused(ImageRefusal.CORRUPT)
    if segment[0] != 8:
        raise Refused(ImageRefusal.TYPE_NOT_ACCEPTED)
    check_size(height=int.from_bytes(segment[1:3], "big"), width=int.from_bytes(segment[3:5], "big"))


def _end_of_scan(data: bytes, position: int) -> int:
    found = NEXT_MARKER.search(data, position)
    if found is None:
        raise Refused(ImageRefusal.TRUNCATED)
    return found.start()


# PNG -----------------------------------------------------------------------------------------------------------------

ANIMATION_CHUNKS = {b"acTL", b"fcTL", b"fdAT"}


def _walk_png(data: bytes) -> None:
    seen: set[bytes] = set()
    for kind, body in _png_chunks(data):
        if (kind == b"IHDR") == bool(seen):
            raise Refused(ImageRefusal.CORRUPT)  # The header comes first, and once.
        _check_png_chunk(kind, body)
        seen.add(kind)
    if b"IDAT" not in seen:
        raise Refused(ImageRefusal.CORRUPT)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(PNG_SIGNATURE)
    kind = b""
    while kind != b"IEND":
        length = int.from_bytes(_part(data, position, 4), "big")
        kind = _part(data, position + 4, 4)
        if kind == b"IHDR":
            _check_png_header(_part(data, position + 8, 8))
        body = _part(data, position + 8, length)
        checksum = int.from_bytes(_part(data, position + 8 + length, 4), "big")
        if zlib.crc32(kind + body) != checksum:
            raise Refused(ImageRefusal.CORRUPT)
        yield kind, body
        position += 12 + length
    if position != len(data):
        raise Refused(ImageRefusal.TRAILING_DATA)


def _check_png_header(start: bytes) -> None:
    check_size(width=int.from_bytes(start[:4], "big"), height=int.from_bytes(start[4:], "big"))


def _check_png_chunk(kind: bytes, body: bytes) -> None:
    if kind in ANIMATION_CHUNKS:
        raise Refused(ImageRefusal.ANIMATED)
    if kind == b"IHDR" and len(body) != 13:
        raise Refused(ImageRefusal.CORRUPT)
    if kind == b"IEND" and body:
        raise Refused(ImageRefusal.EMBEDDED_FILE)
    if kind not in {b"IHDR", b"PLTE", b"IDAT"}:
        _check_notes(body)


# WebP ----------------------------------------------------------------------------------------------------------------

ANIMATION_FLAG = 0x02
PICTURE_CHUNKS = {b"VP8 ", b"VP8L"}


def _walk_webp(data: bytes) -> None:
    end = 8 + int.from_bytes(data[4:8], "little")
    pictures = 0
    for kind, body, stated in _webp_chunks(data, min(end, len(data))):
        if kind in {b"ANIM", b"ANMF"} or (kind == b"VP8X" and body[:1] and body[0] & ANIMATION_FLAG):
            raise Refused(ImageRefusal.ANIMATED)
        if kind in {b"VP8X", *PICTURE_CHUNKS}:
            check_size(*_webp_size(kind, body))
        if len(body) < stated or end > len(data):
            raise Refused(ImageRefusal.TRUNCATED)
        if kind not in {b"ALPH", *PICTURE_CHUNKS}:
            _check_notes(body)
        pictures += kind in PICTURE_CHUNKS
    if end != len(data):
        raise Refused(ImageRefusal.TRUNCATED if end > len(data) else ImageRefusal.TRAILING_DATA)
    if pictures != 1:
        raise Refused(ImageRefusal.CORRUPT)


def _webp_chunks(data: bytes, end: int) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, body and stated length of each chunk; the body is shorter than stated where the file ends early."""
    position = 12
    while position < end:
        kind = _part(data, position, 4)
        stated = int.from_bytes(_part(data, position + 4, 4), "little")
        yield kind, data[position + 8 : min(position + 8 + stated, end)], stated
        position += 8 + stated + stated % 2


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if len(body) < (5 if kind == b"VP8L" else 10):
        raise Refused(ImageRefusal.TRUNCATED)
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 ":
        if body[3:6] != b"\x9d\x01\x2a":
            raise Refused(ImageRefusal.CORRUPT)
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if body[0] != 0x2F:
        raise Refused(ImageRefusal.CORRUPT)
    packed = int.from_bytes(body[1:5], "little")
    return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
