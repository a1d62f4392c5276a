"""The demo's captures, made from photographs that installed packages ship. Nothing here is downloaded or kept.

No package ships two photographs of one person, so a matching live image is *derived* from its reference: cut otherwise,
scaled, exposed otherwise and compressed again. That shows the way through the system; it says nothing about accuracy,
and a real liveness test would not accept it as evidence of life.
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

Box = tuple[int, int, int, int]

COMPARE_ONLY = ("compare", "transmit")
WITH_HUMAN_VIEW = (*COMPARE_ONLY, "human_view")

ASTRONAUT = "skimage", "data/astronaut.png"
CUP_OF_COFFEE = "skimage", "data/coffee.png"
GROUP = "insightface", "data/images/t1.jpg"

# Left, upper, right, lower in pixels: one head each, with the room around it that the liveness check looks at.
MAN_IN_FRONT: Box = (392, 180, 742, 530)
TWO_MEN: Box = (420, 190, 900, 550)


@dataclass(frozen=True)
class Capture:
    """What one person would have sent: JPEG or PNG bytes, and what they agreed to."""

    name: str
    reference: bytes
    live: tuple[bytes, ...]
    scopes: Sequence[str] = WITH_HUMAN_VIEW


def captures() -> list[Capture]:
    """The captures in the order in which they are sent, named for what they show."""
    astronaut = photograph(*ASTRONAUT)
    man = cut(photograph(*GROUP), MAN_IN_FRONT, 2.0)
    reference = jpeg(astronaut, 95)
    return [
        Capture("clear-match", reference, (again(astronaut),)),
        Capture("two-live-images", reference, (again(astronaut), again(astronaut, exposure=0.93, scale=1.6))),
        Capture("mismatch", reference, (jpeg(man),)),
        Capture("ambiguous", reference, (jpeg(_disguised(astronaut)),)),
        Capture("two-faces", jpeg(man), (jpeg(cut(photograph(*GROUP), TWO_MEN, 2.0)),)),
        Capture("no-face", reference, (jpeg(photograph(*CUP_OF_COFFEE)),)),
        Capture("too-dark", reference, (jpeg(_exposed(astronaut, 0.06)),)),
        Capture("too-small", reference, (jpeg(_scaled(astronaut, 0.25)),)),
        Capture("no-human-view", reference, (jpeg(man),), COMPARE_ONLY),
    ]


def photograph(package: str, path: str) -> Image.Image:
    """The photograph, without importing its package."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"The package {package} is not installed.")
    return Image.open(Path(found.origin).parent / path).convert("RGB")


def again(picture: Image.Image, exposure: float = 1.06, scale: float = 1.4) -> bytes:
    """The same moment as another camera might have taken it."""
    width, height = picture.size
    inner = picture.crop((width // 50, height // 60, width - width // 40, height - height // 10))
    return jpeg(_exposed(_scaled(inner, scale), exposure), 88)


def _disguised(picture: Image.Image) -> Image.Image:
    """Soft and pale, so that the same person is only half recognised."""
    return _exposed(picture.filter(ImageFilter.GaussianBlur(4)), 1.2)


def cut(picture: Image.Image, box: Box, scale: float) -> Image.Image:
    return _scaled(picture.crop(box), scale)


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = round(picture.width * factor), round(picture.height * factor)
    return picture.resize(size, Image.Resampling.LANCZOS)


def _exposed(picture: Image.Image, factor: float) -> Image.Image:
    """Every value times `factor`, cut at white."""
    values = np.asarray(picture, dtype=np.float32) * factor
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def jpeg(picture: Image.Image, quality: int = 92) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
