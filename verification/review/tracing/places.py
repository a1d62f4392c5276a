"""Where the tile begins, at a size that the search found: every wave read exactly, and turned back to there.

Two pictures on one screen have one size, begin at different places, and are marked in the same waves, so each is the
other's noise. What one of them said is therefore taken out of the readings before the next is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .carrier import TILE, Carrier, Floats, Waves
from .search import STEP, Candidate, agreement, evened
from .waves import read_exactly

FINE = 256
"""Side of the maps of agreement: half a pixel a place."""
APART = 3 * FINE // TILE
"""Two places within three pixels are one."""
DRIFT = 6 * FINE // TILE
"""A picture far from the middle of its page begins up to so much elsewhere at a size that is a step away."""
Spot = tuple[int, int]
"""Row and column of a map."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the tile may begin, and every wave turned back to there: positive for a sign of 1, negative for -1."""

    spot: Spot
    waves: Floats


def readings(candidate: Candidate, carrier: Carrier) -> list[Waves]:
    """Every wave of the carrier at a few sizes close to the candidate's."""
    near = candidate.size * np.exp(STEP * np.linspace(-1.0, 1.0, 7))
    return [_read_at(size, candidate, carrier) for size in near]


def places(heard: list[Waves], carrier: Carrier, most: int) -> list[Place]:
    """At most `most` places of the size at which the beacons agree best, best first."""
    maps = [_map_of(waves, carrier) for waves in heard]
    map_, waves = max(zip(maps, heard, strict=True), key=lambda one: float(np.abs(one[0]).max()))
    even = evened(waves)
    return [_turned_to(spot, map_, even, carrier) for spot in _tops(map_, most)]


def without(heard: list[Waves], place: Place, signs: Floats, carrier: Carrier) -> list[Waves]:
    """The readings without the tile of these signs that was read at `place`."""
    return [_taken_out(waves, place, signs, carrier) for waves in heard]


def _taken_out(waves: Waves, place: Place, signs: Floats, carrier: Carrier) -> Waves:
    map_ = _map_of(waves, carrier)
    here = np.zeros_like(map_)
    around = _around(place.spot, DRIFT)
    here[around] = map_[around]
    tile = signs * carrier.phase * _turn(next(_tops(here, 1)), carrier).conj()
    strength = carrier.mean_by_length((waves * tile.conj()).real, np.arange(carrier.size))
    return np.asarray(waves - strength * tile, np.complex64)


def _read_at(size: float, candidate: Candidate, carrier: Carrier) -> Waves:
    prepared = candidate.prepared
    most = int(max(carrier.down.max(), carrier.across.max()))
    steps = np.arange(-most, most + 1)
    sign = -1 if candidate.mirrored else 1
    grid = read_exactly(
        prepared.pixels, sign * steps / (TILE * prepared.wide * size), steps[most:] / (TILE * prepared.tall * size)
    )
    return np.asarray(grid[carrier.down, carrier.across + most])


def _map_of(waves: Waves, carrier: Carrier) -> Floats:
    return agreement(waves[carrier.beacons], carrier, FINE)


def _tops(map_: Floats, most: int) -> Iterator[Spot]:
    """The places where a map that repeats is farthest from zero, none within `APART` of a better one."""
    left = np.abs(map_)
    for _ in range(most):
        row, column = divmod(int(left.argmax()), FINE)
        yield row, column
        left[_around((row, column), APART)] = 0


def _around(spot: Spot, reach: int) -> tuple[NDArray[np.intp], ...]:
    steps = np.arange(-reach, reach + 1)
    row, column = spot
    return np.ix_((row + steps) % FINE, (column + steps) % FINE)


def _turned_to(spot: Spot, map_: Floats, even: Waves, carrier: Carrier) -> Place:
    waves = (even * carrier.phase.conj() * _turn(spot, carrier)).real * np.sign(map_[spot])
    return Place(spot, waves.astype(np.float32))


def _turn(spot: Spot, carrier: Carrier) -> Waves:
    """What turns each wave back to the beginning of its tile."""
    row, column = spot
    turn = np.exp(2j * np.pi * (carrier.down * row + carrier.across * column) / FINE)
    return np.asarray(turn, np.complex64)
