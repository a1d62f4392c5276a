"""Captures made from photographs that installed packages ship. Nobody's face is copied into this repository."""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageEnhance


def shipped(package: str, *parts: str) -> Image.Image:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Image.open(Path(spec.origin).parent.joinpath(*parts)).convert("RGB")


def as_jpeg(image: Image.Image, quality: int = 92) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@cache
def astronaut() -> Image.Image:
    return shipped("skimage", "data", "astronaut.png")


@cache
def group() -> Image.Image:
    return shipped("insightface", "data", "images", "t1.jpg")


def astronaut_again() -> Image.Image:
    """The same photograph taken differently: cropped, brighter, smaller."""
    closer = astronaut().crop((40, 0, 420, 380)).resize((456, 456), Image.Resampling.LANCZOS)
    return ImageEnhance.Brightness(closer).enhance(1.08)


def no_face() -> Image.Image:
    return shipped("skimage", "data", "coffee.png")
