"""The waves that carry the mark: a square tile whose two-dimensional spectrum is drawn from a key.

The tile repeats across the picture, so that any part a little larger than a tile and a half holds all of it. Its waves
are 6 to 32 pixels long: shorter ones die in a picture of half the size or in JPEG, longer ones are seen as blotches. A
quarter of them have a known sign and serve to find the tile; each bit of the code has one or two of the others, dealt
so that its waves differ in length.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, shake_256

import numpy as np
from numpy.typing import NDArray

from .code import CODED, encode
from .payload import Bits

PLACE_BITS = 7
TILE = 1 << PLACE_BITS
"""Side of the tile in pixels of the picture as it was shown."""
LOWEST, HIGHEST = 4.0, 22.0
"""How often a wave repeats within the tile, along its own direction."""
BEACONS = 0.25
"""Share of the waves whose sign is known."""
PEAK = 2.5
"""The tile is cut off at so many standard deviations: rare peaks are what an eye finds first."""

Floats = NDArray[np.float32]
Waves = NDArray[np.complex64]
"""One complex number a wave, in the carrier's order."""
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Carrier:
    """The waves of one key. `across` and `down` count their repeats within the tile; `down` is never negative."""

    across: Places
    down: Places
    phase: Waves
    beacons: Places
    data: Places
    bit: Places
    """For each of `data`, the coded bit that it carries."""

    @property
    def size(self) -> int:
        return len(self.across)

    def tile(self, bits: Bits) -> Floats:
        """`TILE` × `TILE`, of mean 0 and standard deviation about 1: all waves with the signs of a sealed payload.

        It begins at a place of its own, which the seal gives: so two looks on one screen do not lie on each other, and
        the known waves of many looks do not add up for whoever collects them.
        """
        tile = np.fft.irfft2(spread(self.phase * self.signs(bits), self.across, self.down, TILE))
        down, across = divmod(int("".join(map(str, bits[-2 * PLACE_BITS :])), 2), TILE)
        return np.asarray(np.roll(np.clip(tile / tile.std(), -PEAK, PEAK), (down, across), (0, 1)), np.float32)

    def signs(self, bits: Bits) -> Floats:
        """1 or -1 for each wave."""
        signs = np.ones(self.size, np.float32)
        signs[self.data] = 1.0 - 2.0 * encode(bits)[self.bit]
        return signs

    def mean_by_length(self, values: Floats, of: Places) -> Floats:
        """For every wave, the mean of `values`, one for each wave of `of`, over those that are about as long."""
        length = np.hypot(self.across, self.down).astype(np.intp)
        most, near = length.max() + 1, np.ones(5)
        count = np.bincount(length[of], minlength=most)
        total = np.bincount(length[of], values, most)
        mean = np.convolve(total, near, "same") / np.maximum(np.convolve(count, near, "same"), 1)
        return np.asarray(mean[length], np.float32)


def spread(waves: Waves, across: Places, down: Places, side: int) -> Waves:
    """The half spectrum (… × side × side/2 + 1) that `irfft2` turns into a real square made of these waves."""
    half = np.zeros((*waves.shape[:-1], side, side // 2 + 1), np.complex64)
    right, left, upright = across >= 0, across < 0, across == 0
    half[..., down[right], across[right]] = waves[..., right]
    half[..., -down[left], -across[left]] = waves[..., left].conj()
    half[..., -down[upright], 0] = waves[..., upright].conj()
    return half


@lru_cache(maxsize=4)
def carrier_of(key: bytes) -> Carrier:
    """The carrier of a key of 32 bytes, drawn once per process."""
    draw = _Draw(key)
    across, down, length = _band()
    order = np.lexsort((draw.numbers("order", len(across)), np.floor(length)))
    beacon = np.zeros(len(order), bool)
    beacon[np.arange(0, len(order), round(1 / BEACONS))] = True
    data = order[~beacon]
    phase = np.exp(2j * np.pi * draw.numbers("phase", len(across)) / 2.0**64).astype(np.complex64)
    return Carrier(across, down, phase, order[beacon], data, _dealt(len(data), draw))


def _band() -> tuple[Places, Places, NDArray[np.float64]]:
    """Half of all waves in the band; the other half are their mirror images and go with them."""
    most = int(HIGHEST)
    down, across = np.mgrid[0 : most + 1, -most : most + 1]
    repeats = np.hypot(down, across)
    wanted = (repeats >= LOWEST) & (repeats <= HIGHEST) & ((down > 0) | (across > 0))
    return across[wanted], down[wanted], repeats[wanted]


def _dealt(waves: int, draw: _Draw) -> Places:
    """Coded bits for waves in order of length: all bits once, shuffled, then all again, until every wave has one."""
    rounds = -(-waves // CODED)
    hands = [np.argsort(draw.numbers(f"deal {number}", CODED), kind="stable") for number in range(rounds)]
    return np.concatenate(hands)[:waves]


class _Draw:
    """Numbers of 64 bits that follow from a key and a name, and from nothing else."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def numbers(self, name: str, count: int) -> NDArray[np.uint64]:
        seed = hmac.new(self._key, b"carrier\0" + name.encode(), sha256).digest()
        return np.frombuffer(shake_256(seed).digest(8 * count), "<u8")
