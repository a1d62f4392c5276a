"""What was measured in each sampled frame of a clip, as plain numbers. No Django, no vision library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from statistics import median

CLOSED = 0.5
"""From this probability on an eye is closed, by the eye model."""


@dataclass(frozen=True, slots=True)
class FaceSample:
    """The most prominent face of one frame.

    `box` is (x, y, width, height) in pixels and `score` the detector's confidence, 0..1. Angles are degrees: negative
    yaw is a turn to the person's own left, negative pitch looks up. `eyes_closed` is the lower of both eyes'
    probabilities, 0..1: a wink is no blink. `eye_openness` is the mean ratio of height to width of the eyes, about 0.3
    open; `mouth_openness` the height between the lips over the width of the mouth, below 0.26 in 19 of 20 press
    photographs. `live` is the passive liveness, 0..1, or None where it was not asked.
    """

    score: float
    box: tuple[float, float, float, float]
    yaw: float
    pitch: float
    roll: float
    eyes_closed: float
    eye_openness: float
    mouth_openness: float
    live: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame: its time on the clip's clock, how many faces count, and the most prominent of them."""

    at_ms: int
    faces: int
    face: FaceSample | None


@dataclass(frozen=True)
class Track:
    """All samples of one clip, in order of time."""

    samples: tuple[Sample, ...]

    @cached_property
    def seen(self) -> tuple[tuple[int, FaceSample], ...]:
        """Time and face of every sample that has one."""
        return tuple((sample.at_ms, sample.face) for sample in self.samples if sample.face)

    @cached_property
    def resting(self) -> FaceSample | None:
        """The face at rest: the median of each measure over the clip, or None where no face was ever seen."""
        if not self.seen:
            return None
        faces = [face for _, face in self.seen]
        x, y, width, height = (median(face.box[side] for face in faces) for side in range(4))
        return FaceSample(
            score=median(face.score for face in faces),
            box=(x, y, width, height),
            yaw=median(face.yaw for face in faces),
            pitch=median(face.pitch for face in faces),
            roll=median(face.roll for face in faces),
            eyes_closed=median(face.eyes_closed for face in faces),
            eye_openness=median(face.eye_openness for face in faces),
            mouth_openness=median(face.mouth_openness for face in faces),
        )

    def within(self, from_ms: int, to_ms: int) -> tuple[tuple[int, FaceSample], ...]:
        """Time and face from `from_ms` to before `to_ms`."""
        return tuple((at, face) for at, face in self.seen if from_ms <= at < to_ms)


def runs(times: Iterable[int], longest_gap_ms: int) -> list[tuple[int, int]]:
    """First and last time of each run of times that follow each other within the gap."""
    found: list[tuple[int, int]] = []
    for at in times:
        if found and at - found[-1][1] <= longest_gap_ms:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found
