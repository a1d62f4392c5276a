"""Find the tile: at which size, and seen from which side.

A cut or scaled picture still holds the tile, larger or smaller and begun elsewhere. For every size from four tenths to
four times, and for the mirrored picture too, the beacons (waves of known sign) are read from the picture's spectrum
and turned back into a map of where they all agree. A marked picture has one place that stands out.

Steps of 0.6 % in size are enough: the waves stay together over 500 pixels and are then brought into step exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .carrier import TILE, Carrier, Floats, Waves, spread
from .waves import Spectrum, grey_of, levelled, spectrum_of

STEP = 0.006
COARSE = 64
"""Side of the maps of agreement: two pixels a place."""
AT_ONCE = 64
"""Sizes whose maps are drawn together; more would only fill memory."""
LEAST = 1e-9
"""Keeps a flat picture, which has no waves at all, from dividing by nothing."""
USUAL = 0.3
"""Waves a third as strong as most keep about half of their say; stronger ones gain little more."""


@dataclass(frozen=True, slots=True)
class Range:
    """Sizes of the tile that are looked for together, in a picture `shrunk` so much, levelled over `reach` pixels."""

    smallest: float
    largest: float
    shrunk: float
    reach: int

    @property
    def sizes(self) -> NDArray[np.float64]:
        return np.asarray(np.exp(np.arange(np.log(self.smallest), np.log(self.largest), STEP)), np.float64)


RANGES = (Range(0.42, 0.8, 1.0, 3), Range(0.8, 1.5, 1.0, 5), Range(1.5, 2.5, 0.5, 5), Range(2.5, 4.2, 0.3, 5))
"""The shortest reach that leaves the longest waves alone reads best: what it takes away is the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A picture made ready for one range. `wide` and `tall` are how much it was really shrunk, to whole pixels."""

    range: Range
    pixels: Floats
    wide: float
    tall: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A size and a side at which the beacons agree. `height` is by how many standard deviations."""

    height: float
    size: float
    mirrored: bool
    prepared: Prepared


def candidates(picture: Image.Image, carrier: Carrier, most: int) -> list[Candidate]:
    """The best `most` of clearly different sizes or sides, best first."""
    found = [one for prepared in _prepared(picture) for one in _looked_through(prepared, carrier)]
    found.sort(key=lambda one: -one.height)
    chosen: list[Candidate] = []
    for one in found:
        if len(chosen) < most and not any(_alike(one, other) for other in chosen):
            chosen.append(one)
    return chosen


def _alike(one: Candidate, other: Candidate) -> bool:
    return one.mirrored == other.mirrored and abs(np.log(one.size / other.size)) < 3 * STEP


def _prepared(picture: Image.Image) -> Iterator[Prepared]:
    for range_ in RANGES:
        small = picture
        if range_.shrunk != 1.0:
            size = max(1, round(picture.width * range_.shrunk)), max(1, round(picture.height * range_.shrunk))
            small = picture.resize(size, Image.Resampling.BOX)
        pixels = levelled(grey_of(small), range_.reach)
        yield Prepared(range_, pixels, small.width / picture.width, small.height / picture.height)


def _looked_through(prepared: Prepared, carrier: Carrier) -> Iterator[Candidate]:
    spectrum = spectrum_of(prepared.pixels)
    sizes = prepared.range.sizes
    for start in range(0, len(sizes), AT_ONCE):
        some = sizes[start : start + AT_ONCE]
        for mirrored, seen in enumerate(_beacons(spectrum, prepared, carrier, some)):
            heights = agreement(seen, carrier, COARSE).reshape(len(some), -1)
            for size, height in zip(some, np.abs(heights).max(axis=1), strict=True):
                yield Candidate(float(height), float(size), bool(mirrored), prepared)


def _beacons(
    spectrum: Spectrum, prepared: Prepared, carrier: Carrier, sizes: NDArray[np.float64]
) -> tuple[Waves, Waves]:
    """sizes × beacons, from the picture as it is and from its mirror image.

    Both need the same two readings of the spectrum: a wave to the left is one to the right, seen upside down.
    """
    across, down = carrier.across[carrier.beacons], carrier.down[carrier.beacons]
    x = np.abs(across) / (TILE * prepared.wide * sizes[:, None])
    y = down / (TILE * prepared.tall * sizes[:, None])
    rightward, leftward = spectrum.at(x, y), spectrum.at(x, -y).conj()
    plain = np.where(across >= 0, rightward, leftward)
    mirrored = np.where(across >= 0, leftward, rightward)
    return plain, mirrored


def agreement(seen: Waves, carrier: Carrier, side: int) -> Floats:
    """… × side × side: how well the beacons agree on each place of the tile's beginning, in standard deviations.

    The beacons' own signs are taken out; what is negative is a picture with light and dark exchanged.
    """
    even = evened(seen)
    turned = even * carrier.phase[carrier.beacons].conj()
    map_ = np.fft.irfft2(spread(turned, carrier.across[carrier.beacons], carrier.down[carrier.beacons], side))
    scale = side * side / np.sqrt(2.0 * (np.abs(even) ** 2).sum(axis=-1) + LEAST)
    return np.asarray(map_ * scale[..., None, None], np.float32)


def evened(waves: Waves) -> Waves:
    """Strong waves brought down to about 1, so that a few lines of a picture's own cannot shout the others down."""
    usual = np.sqrt((np.abs(waves) ** 2).mean(axis=-1, keepdims=True))
    return np.asarray(waves / (np.abs(waves) + USUAL * usual + LEAST), np.complex64)
