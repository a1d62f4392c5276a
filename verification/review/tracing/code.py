"""The error-correcting code: convolutional, rate 1/3, constraint length 9, read back by Viterbi's algorithm.

Its generators (557, 663, 711 in octal) are those of 3GPP TS 25.212, section 4.2.3.1; its free distance is 18. Soft
readings go in, so that a wave that was nearly lost counts for nearly nothing.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .payload import LENGTH, Bits

GENERATORS = (0o557, 0o663, 0o711)
MEMORY = 8
"""Earlier bits that a coded bit depends on; as many zeros end every message."""
RATE = len(GENERATORS)
CODED = (LENGTH + MEMORY) * RATE

Soft = NDArray[np.float64]
"""`CODED` readings: positive for a zero, negative for a one, the larger the surer."""


def encode(bits: Bits) -> Bits:
    """`CODED` bits for `LENGTH`."""
    taps = [[int(digit) for digit in f"{generator:0{MEMORY + 1}b}"] for generator in GENERATORS]
    streams = [np.convolve(bits, tap)[: LENGTH + MEMORY] % 2 for tap in taps]
    return np.stack(streams, axis=1).reshape(-1).astype(np.uint8)


def decode(soft: Soft) -> Bits:
    """The likeliest `LENGTH` bits; some always come out, so only a seal can tell whether they mean anything."""
    came_from, said = _trellis()
    score = np.full(1 << MEMORY, -np.inf)
    score[0] = 0.0
    chosen = []
    for readings in soft.reshape(-1, RATE):
        both = score[came_from] + said @ readings
        chosen.append(both.argmax(axis=1))
        score = both.max(axis=1)
    return _walked_back(chosen, came_from)


def _walked_back(chosen: list[NDArray[np.intp]], came_from: NDArray[np.intp]) -> Bits:
    """From the state of all zeros, where every message ends. A state's highest bit is the bit that led there."""
    state, bits = 0, []
    for step in reversed(chosen):
        bits.append(state >> (MEMORY - 1))
        state = int(came_from[state, step[state]])
    return np.array(bits[::-1][:LENGTH], np.uint8)


@cache
def _trellis() -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """For each state the two it can follow, and the three readings (1 for a zero, -1 for a one) of each such step."""
    states = np.arange(1 << MEMORY)
    older = states << 1 & (1 << MEMORY) - 1
    came_from = np.stack([older, older | 1], axis=1)
    register = (states >> (MEMORY - 1) << MEMORY)[:, None] | came_from
    ones = [np.bitwise_count(register & generator) % 2 for generator in GENERATORS]
    return came_from, 1.0 - 2.0 * np.stack(ones, axis=-1)
