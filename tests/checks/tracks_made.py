"""Tracks as numbers, without any picture: what a head did, sample by sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from verification.checks.tracks import FaceSample, Sample, Track

CALM = FaceSample(0.94, (200.0, 100.0, 180.0, 220.0), 0.0, 4.0, 0.0, 0.0, 0.30, 0.05, 0.95)
Change = Callable[[int, FaceSample], FaceSample | None]


def swaying(at: int, face: FaceSample) -> FaceSample:
    """What no head at rest can leave: small movements that never repeat."""
    return replace(
        face,
        yaw=face.yaw + 2.5 * math.sin(at / 700) + 1.5 * math.sin(at / 271),
        pitch=face.pitch + 1.5 * math.sin(at / 513),
        eye_openness=face.eye_openness + 0.015 * math.sin(at / 377),
    )


def track(change: Change = lambda at, face: face, milliseconds: int = 7000, faces: int = 1) -> Track:
    """15 samples a second. `change` gets each moment and the swaying calm face; None means that no face was seen."""
    samples = []
    for number in range(milliseconds * 15 // 1000):
        at = round(number * 1000 / 15)
        face = change(at, swaying(at, CALM))
        samples.append(Sample(at, faces if face else 0, face))
    return Track(tuple(samples))


def between(start: int, end: int, **values: float) -> Change:
    """These measures from `start` to before `end`; the calm face otherwise."""
    return lambda at, face: replace(face, **values) if start <= at < end else face  # type: ignore[arg-type] # only floats are named


def all_of(*changes: Change) -> Change:
    """One change after the other."""

    def changed(at: int, face: FaceSample) -> FaceSample | None:
        current: FaceSample | None = face
        for change in changes:
            current = change(at, current) if current else None
        return current

    return changed
