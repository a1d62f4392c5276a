"""What an answer shows, wherever it hides it: every picture in a body is found by what it is, not by what it is called.

A picture may be the body, stand in the middle of it, or be written in Base64 in a page, a style sheet or JSON.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from .frames import FACE, NECK, REST

# PNG, JPEG, GIF, TIFF twice, BMP with its reserved zeros, and what WebP and AVIF have after their lengths.
MAGIC = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|II\*\x00|MM\x00\*|BM.{4}\x00{4}|RIFF.{4}WEBP|.{4}ftypavi", re.DOTALL
)
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{48,}")
PICTURE = "a picture"
STRONG = 60
"""By how much one channel stands out in a canary, even under the letters of a mark. No skin does so."""
ENOUGH = 6
"""Pixels: fewer may be the trace of a compression."""


def shown_in(body: bytes) -> set[str]:
    """The regions whose colour some picture in the body has, and `PICTURE` for a picture of any kind."""
    shown: set[str] = set()
    for found in _pictures(body):
        shown |= {PICTURE, *_regions(found)}
    return shown


def _pictures(body: bytes) -> Iterator[NDArray[np.int16]]:
    for part in (body, *_decoded(body)):
        for start in (match.start() for match in MAGIC.finditer(part)):
            try:
                with Image.open(io.BytesIO(part[start:])) as opened:
                    yield np.asarray(opened.convert("RGB"), np.int16)
            except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
                # Bytes that only begin like a picture.
                continue


def _decoded(body: bytes) -> Iterator[bytes]:
    """Everything that could be Base64, of either alphabet, also where JSON has escaped its slashes."""
    for run in BASE64.findall(body.replace(b"\\/", b"/")):
        plain = run.replace(b"-", b"+").replace(b"_", b"/")
        try:
            yield base64.b64decode(plain[: len(plain) // 4 * 4])
        except binascii.Error:
            continue


def _regions(pixels: NDArray[np.int16]) -> Iterator[str]:
    red, green, blue = (pixels[..., channel] for channel in range(3))
    for region, strength in (
        (FACE, np.minimum(red, blue) - green),
        (NECK, blue - np.maximum(red, green)),
        (REST, green - np.maximum(red, blue)),
    ):
        if int((strength > STRONG).sum()) > ENOUGH:
            yield region
