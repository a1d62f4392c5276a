"""Find the tile: at which size, seen from which side, and where it begins.

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
from .waves import Spectrum, grey_of, levelled, read_exactly, spectrum_of

STEP = 0.006
COARSE, FINE = 64, 256
"""Sides of the maps of agreement: two pixels a place to search, half a pixel to read."""
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


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the tile begins, and every wave turned back to there: positive for a sign of 1, negative for -1."""

    height: float
    waves: Floats


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
            heights = _agreement(seen, carrier, COARSE).reshape(len(some), -1)
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


def _agreement(seen: Waves, carrier: Carrier, side: int) -> Floats:
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


def places(candidate: Candidate, carrier: Carrier, most: int) -> list[Place]:
    """Where the tile may begin at this size, at most `most` places, best first.

    Two pictures on one screen have the same size and begin at different places.
    """
    seen = max((_all_waves(candidate, carrier, size) for size in _near(candidate.size)), key=lambda one: one[0])[1]
    even = evened(seen)
    map_ = _agreement(seen[carrier.beacons], carrier, FINE)
    return [_turned_to(place, map_, even, carrier) for place in _tops(np.abs(map_), most)]


def _near(size: float) -> NDArray[np.float64]:
    return size * np.exp(STEP * np.linspace(-1.0, 1.0, 7))


def _all_waves(candidate: Candidate, carrier: Carrier, size: float) -> tuple[float, Waves]:
    """Every wave read exactly at this size, and the height of the beacons' agreement."""
    prepared = candidate.prepared
    most = int(max(carrier.down.max(), carrier.across.max()))
    steps = np.arange(-most, most + 1)
    sign = -1 if candidate.mirrored else 1
    grid = read_exactly(
        prepared.pixels, sign * steps / (TILE * prepared.wide * size), steps[most:] / (TILE * prepared.tall * size)
    )
    waves = grid[carrier.down, carrier.across + most]
    return float(np.abs(_agreement(waves[carrier.beacons], carrier, COARSE)).max()), waves


def _tops(map_: Floats, most: int) -> Iterator[tuple[int, int]]:
    """The highest places of a map that repeats, none within three pixels of a higher one."""
    left, clear = map_.copy(), 3 * FINE // TILE
    for _ in range(most):
        row, column = divmod(int(left.argmax()), FINE)
        yield row, column
        around = np.arange(-clear, clear + 1)
        left[np.ix_((row + around) % FINE, (column + around) % FINE)] = 0


def _turned_to(place: tuple[int, int], map_: Floats, even: Waves, carrier: Carrier) -> Place:
    row, column = place
    back = np.exp(2j * np.pi * (carrier.down * row + carrier.across * column) / FINE)
    height = float(map_[row, column])
    waves = (even * carrier.phase.conj() * back).real * np.sign(height)
    return Place(abs(height), waves.astype(np.float32))
