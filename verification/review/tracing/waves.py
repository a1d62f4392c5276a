"""A picture prepared so that faint waves can be read through it.

What a picture shows is a hundred times stronger than the mark. So everything broad is taken away, every place is
brought to about the same liveliness, and what still stands out (an edge, a letter) is cut off. On smooth skin, where a
picture hides little, this lets the mark speak loudest, which is what theory asks for too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .carrier import Floats, Waves

FLOOR = 4.0
"""Variance, in levels squared, that is taken for noise of the picture's encoding rather than for a picture."""
CUT = 2.5
FINER = 1.5
"""How much finer than the picture's own size asks for its spectrum is taken, so that values between can be read off."""


def grey_of(picture: Image.Image) -> Floats:
    """Height × width, 0..255."""
    return np.asarray(picture.convert("L"), np.float32)


def levelled(grey: Floats, reach: int) -> Floats:
    """The picture without what is broader than `reach` pixels to each side, at an even strength of about 1."""
    fine = grey - _around(grey, reach)
    even = fine / np.sqrt(_around(fine * fine, reach) + FLOOR)
    return np.asarray(even.clip(-CUT, CUT), np.float32)


def _around(values: Floats, reach: int) -> Floats:
    """The mean over a square of 2 × reach + 1 about each value; the border counts as if it went on."""
    across = 2 * reach + 1
    sums = np.pad(values, ((reach + 1, reach),) * 2, mode="edge").cumsum(axis=0, dtype=np.float64)
    sums = (sums[across:] - sums[:-across]).cumsum(axis=1)
    return np.asarray((sums[:, across:] - sums[:, :-across]) / (across * across), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The spectrum of a levelled picture, its phases seen from the middle of the picture, where they change slowest."""

    half: Waves
    rows: int

    @property
    def columns(self) -> int:
        return 2 * (len(self.half[0]) - 1)

    def at(self, across: NDArray[np.float64], down: NDArray[np.float64]) -> Waves:
        """The waves of these frequencies (cycles a pixel; `across` from 0 to below 0.5), from the nearest four."""
        x, y = across * self.columns, down * self.rows
        left, top = np.floor(x), np.floor(y)
        right, low = (x - left).astype(np.float32), (y - top).astype(np.float32)
        column, row = left.astype(np.intp), top.astype(np.intp)
        upper, lower = (self._along(one % self.rows, column, right) for one in (row, row + 1))
        return upper + (lower - upper) * low

    def _along(self, row: NDArray[np.intp], column: NDArray[np.intp], share: Floats) -> Waves:
        here, next_ = self.half[row, column], self.half[row, column + 1]
        return here + (next_ - here) * share


def spectrum_of(levelled: Floats) -> Spectrum:
    height, width = levelled.shape
    rows, columns = _convenient(height), _convenient(width)
    sheet = np.zeros((rows, columns), np.float32)
    sheet[:height, :width] = levelled
    sheet = np.roll(sheet, (-(height // 2), -(width // 2)), (0, 1))
    return Spectrum(np.asarray(np.fft.rfft2(sheet), np.complex64), rows)


def _convenient(side: int) -> int:
    """An even length of at least `FINER` sides that a fast transform divides well."""
    return min(size for size in _SIZES if size >= side * FINER)


_SIZES: list[int] = [2**twos * 3**threes for twos in range(4, 14) for threes in range(4)]


def read_exactly(levelled: Floats, across: NDArray[np.float64], down: NDArray[np.float64]) -> Waves:
    """len(down) × len(across): the waves of every pair of these frequencies, from all pixels, seen from the middle."""
    height, width = levelled.shape
    along = _wheel(np.arange(width) - width // 2, across)
    # Two real products of whole numbers in a row take a tenth of the time of one complex one.
    rows = levelled @ np.ascontiguousarray(along.real) + 1j * (levelled @ np.ascontiguousarray(along.imag))
    return np.asarray(_wheel(np.arange(height) - height // 2, down).T @ rows, np.complex64)


def _wheel(places: NDArray[np.intp], frequencies: NDArray[np.float64]) -> Waves:
    return np.asarray(np.exp(-2j * np.pi * np.outer(places, frequencies)), np.complex64)
