"""Frames of a clip become samples, one at a time: no more than one frame's pixels is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verification.checks.clips import Clip
from verification.checks.tracks import FaceSample, Sample, Track

from .decoding import decode
from .pose import pose_of
from .prominence import by_prominence
from .shapes import Examined, Face, Landmarks, Pixels, Pose

if TYPE_CHECKING:
    from .bundle import Engines

BYSTANDER = 0.5
"""A further face counts when it is at least this share of the height of the most prominent one."""
LIVENESS_EVERY_MS = 100
"""Liveness is asked of ten frames a second; the other measures of all fifteen, which blinks need."""
LONGEST_SIDE = 320
"""The page cuts out the head, so a face is large; at 640 px finding it takes three times as long, to the same end."""
LARGE = 80
"""Pixels of height from which a face is found in the smaller picture as well as in the larger."""
RIGHT, LEFT = 36, 42
"""Where the six points of the person's own right and left eye begin."""


def track_of(clip: Clip, engines: Engines) -> Track:
    """Examine every frame once. Raises NotAnImage."""
    return Track(tuple(_samples(clip, engines)))


def frame_of(clip: Clip, track: Track, number: int, name: str, engines: Engines) -> Examined:
    """One frame with everything that the image checks want to see. It is not turned: clips are upright."""
    pixels, known = decode(clip.frames[number]), track.samples[number].face
    large = known is not None and _large(known.box[3], pixels)
    found = engines.detector.find(pixels, LONGEST_SIDE) if large else engines.detector.find(pixels)
    return _examined(name, pixels, found, engines)


def frame_by_itself(clip: Clip, number: int, name: str, engines: Engines) -> Examined:
    """The same, found in the same way, where there is no track. Raises NotAnImage."""
    pixels = decode(clip.frames[number])
    found = engines.detector.find(pixels, LONGEST_SIDE)
    if not found or not _large(by_prominence(found, pixels.shape)[0].height, pixels):
        found = engines.detector.find(pixels)
    return _examined(name, pixels, found, engines)


def _large(height: float, pixels: Pixels) -> bool:
    return bool(height * LONGEST_SIDE / max(pixels.shape[:2]) >= LARGE)


def _examined(name: str, pixels: Pixels, found: tuple[Face, ...], engines: Engines) -> Examined:
    faces = by_prominence(found, pixels.shape)
    if not faces:
        return Examined(name, pixels, 0, (), None, None)
    landmarks = engines.landmarks.find(pixels, faces[0])
    return Examined(name, pixels, 0, faces, landmarks, pose_of(landmarks, pixels.shape))


def _samples(clip: Clip, engines: Engines) -> Iterator[Sample]:
    due = clip.times_ms[0]
    for at, data in zip(clip.times_ms, clip.frames, strict=True):
        pixels = decode(data)
        faces = by_prominence(engines.detector.find(pixels, LONGEST_SIDE), pixels.shape)
        sample = _sample(pixels, faces, engines) if faces else None
        if sample and at >= due:
            sample = replace(sample, live=engines.liveness.live(pixels, faces[0]))
            due += LIVENESS_EVERY_MS * ((at - due) // LIVENESS_EVERY_MS + 1)
        yield Sample(at, sum(face.height >= BYSTANDER * faces[0].height for face in faces), sample)


def _sample(pixels: Pixels, faces: tuple[Face, ...], engines: Engines) -> FaceSample | None:
    """The measures of the most prominent face, or None where its landmarks make no head."""
    face = faces[0]
    landmarks = engines.landmarks.find(pixels, face)
    pose = pose_of(landmarks, pixels.shape)
    if pose is None or not np.isfinite([pose.yaw, pose.pitch, pose.roll]).all():
        return None
    return measured(face, landmarks, pose, engines.eyes.closed(pixels, landmarks).both)


def measured(face: Face, landmarks: Landmarks, pose: Pose, eyes_closed: float) -> FaceSample:
    """The sample of one face."""
    points = landmarks.points.astype(np.float64)
    openness = (_eye(points[RIGHT : RIGHT + 6]) + _eye(points[LEFT : LEFT + 6])) / 2
    return FaceSample(face.score, face.box, pose.yaw, pose.pitch, pose.roll, eyes_closed, openness, _mouth(points))


def _eye(eye: NDArray[np.float64]) -> float:
    """Height over width of six points (T. Soukupová, J. Čech, "Real-time eye blink detection", 2016)."""
    height = _distance(eye[1], eye[5]) + _distance(eye[2], eye[4])
    return height / max(2 * _distance(eye[0], eye[3]), 1e-6)


def _mouth(points: NDArray[np.float64]) -> float:
    """Mean height between the inner lips over the width of the mouth."""
    height = sum(_distance(points[upper], points[lower]) for upper, lower in ((61, 67), (62, 66), (63, 65))) / 3
    return height / max(_distance(points[48], points[54]), 1e-6)


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.hypot(*(one - other)))
