"""Lay the tile over a picture: where there is texture to hide in, and never so strongly that it costs 40 dB.

The same change is made to all three channels, because colour is what JPEG and a screenshot throw away first. Perfectly
flat paper carries nothing: a wave of a single level would show on it, a copy of it would give the tile away, and it is
a third of the picture's bytes.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from .carrier import Floats

STRONGEST = 1.7
"""Standard deviation of the mark in levels of 255 where it is strongest: 10·log10(255² / 1.7²) is 43.5 dB."""
FAINTEST, KNEE = 0.5, 0.25
"""Texture of `KNEE` levels already hides the faintest mark; below it the mark fades with the texture."""
SHARE = 0.4
"""How much mark a level of texture hides beyond that."""
ZERO = 128
CELL = 8
"""Texture is measured over squares of so many pixels, and their neighbours."""


def laid(picture: Image.Image, tile: Floats) -> Image.Image:
    """The RGB picture with the tile repeated over it from its top left corner."""
    levels = _repeated(tile, picture.size) * _strength(picture)
    # Pictures have no negative levels, so the change is written with zero at 128; half a level more rounds it.
    change = Image.fromarray((levels + (ZERO + 0.5)).astype(np.uint8))
    return Image.merge("RGB", [ImageChops.add(band, change, offset=-ZERO) for band in picture.split()])


def _repeated(tile: Floats, size: tuple[int, int]) -> Floats:
    width, height = size
    side = len(tile)
    return np.tile(tile, (-(-height // side), -(-width // side)))[:height, :width]


def _strength(picture: Image.Image) -> Floats:
    """Height × width: how strong the mark is to be, in levels."""
    half = picture.convert("L").reduce(2)
    texture = ImageChops.difference(half, half.filter(ImageFilter.BoxBlur(2)))
    cells = np.asarray(texture.convert("F").reduce(CELL // 2))
    around = _averaged(cells)
    wanted = np.minimum(np.minimum(FAINTEST, around * (FAINTEST / KNEE)) + SHARE * around, STRONGEST)
    wanted[cells == 0] = 0
    return np.asarray(Image.fromarray(wanted).resize(picture.size, Image.Resampling.BILINEAR))


def _averaged(cells: Floats) -> Floats:
    """The mean of each cell and its eight neighbours."""
    padded = np.pad(cells, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return np.asarray((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9, np.float32)
