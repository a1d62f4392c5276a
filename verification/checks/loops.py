"""Does a track repeat itself? Pure arithmetic.

A head never moves the same way twice to a fraction of a degree; a looped recording does. Encoding it again moves the
measures by a little noise, so a second of a clip is repeated when the two differ by much less than the movement inside
them. In the labelled clips the closest natural pair of seconds differs by 0.50 of the movement; loops made of
them, with noise in every pixel, by 0.03 to 0.34. A recording played backwards is not looked for: a turn of the head and
its return look like that too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import dist, inf, sqrt

from .tracks import FaceSample, Track

STRETCH = 15
"""Samples compared at a time: one second."""
LEAST_LAG = 15
"""Samples by which the two must lie apart: stretches that overlap resemble each other in every slow movement."""
LEAST_MOVEMENT = 0.01
"""Below this, in the units of `_row`, a second is too still to tell a loop from a calm face."""

Row = tuple[float, ...]


def closest_repeat(track: Track) -> float:
    """How much the two most alike seconds differ, as a share of the movement inside them; infinite without movement."""
    rows = [_row(face) for _, face in track.seen]
    movement = [_movement(rows[start : start + STRETCH]) for start in range(len(rows) - STRETCH + 1)]
    return min((_closest(rows, movement, lag) for lag in range(LEAST_LAG, len(rows) - STRETCH + 1)), default=inf)


def _row(face: FaceSample) -> Row:
    """Place in heights of the face, angles in units of 60°, openness halved: each moves by a few hundredths."""
    x, y, width, height = face.box
    place = ((x + width / 2) / height, (y + height / 2) / height) if height > 0 else (0.0, 0.0)
    return (*place, face.yaw / 60, face.pitch / 60, face.mouth_openness / 2, face.eye_openness / 2)


def _movement(rows: Sequence[Row]) -> float:
    """Root mean square deviation from the mean, over all measures."""
    total = 0.0
    for column in zip(*rows, strict=True):
        mean = sum(column) / len(column)
        total += sum((value - mean) ** 2 for value in column)
    return sqrt(total / (len(rows) * len(rows[0])))


def _closest(rows: Sequence[Row], movement: Sequence[float], lag: int) -> float:
    """The smallest share over all seconds that are compared with the one `lag` samples later."""
    apart = [_apart(one, other) for one, other in zip(rows, rows[lag:], strict=False)]
    sums = list(accumulate(apart, initial=0.0))
    shares = (
        (sums[start + STRETCH] - sums[start]) / STRETCH / movement[start]
        for start in range(len(apart) - STRETCH + 1)
        if movement[start] > LEAST_MOVEMENT
    )
    return min(shares, default=inf)


def _apart(one: Row, other: Row) -> float:
    return dist(one, other) / sqrt(len(one))
