"""Blinks in a track. A replayed recording contains true ones: a blink shows a living person, not a present one."""

from __future__ import annotations

from .tracks import CLOSED, FaceSample, Track, runs

NARROWED = 0.8
"""Closed eyes are narrower than this share of the clip's median openness. It keeps out glare on glasses, for which the
eye model alone says closed."""
FACING = 25.0
"""Most degrees of yaw and pitch, from rest, at which the eye model is believed."""
LONGEST_MS, OPEN_WITHIN_MS, GAP_MS = 600, 500, 150


def blinks(track: Track) -> list[int]:
    """When each blink was at its middle, in ms: eyes shut for at most 0.6 s, and open within 0.5 s before and after."""
    rest = track.resting
    if rest is None:
        return []
    facing = [(at, face) for at, face in track.seen if _facing(face, rest)]
    shut = [at for at, face in facing if is_shut(face, rest)]
    wide = [at for at, face in facing if not is_shut(face, rest)]
    return [(start + end) // 2 for start, end in runs(shut, GAP_MS) if _is_blink(start, end, wide)]


def is_shut(face: FaceSample, rest: FaceSample) -> bool:
    """Whether both eyes are closed, by the model and by the lids."""
    return face.eyes_closed > CLOSED and face.eye_openness < NARROWED * rest.eye_openness


def _facing(face: FaceSample, rest: FaceSample) -> bool:
    return abs(face.yaw) < FACING and abs(face.pitch - rest.pitch) < FACING


def _is_blink(start: int, end: int, wide: list[int]) -> bool:
    before = any(start - OPEN_WITHIN_MS <= at < start for at in wide)
    after = any(end < at <= end + OPEN_WITHIN_MS for at in wide)
    return end - start <= LONGEST_MS and before and after
