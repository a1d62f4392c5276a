"""One face throughout the clip, and the same one?

Faces are compared about once a second, where they face the camera. Between those moments the face must stay in the
picture and move no further than a head can in a fifteenth of a second, so that nobody can be exchanged unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from .bands import Bands
from .reasons import Reason
from .results import Band, CheckResult
from .scales import Scale
from .tracks import FaceSample, Track

SAME_PERSON = Scale("same_person", "cosine", -1, 1, Reason.FACES_DIFFER_IN_CLIP)
COMPARED, FACING = 6, 20.0
"""How many moments are compared, and the most degrees of yaw and pitch from rest at which it is done."""
MISSING_SHARE, MISSING_MS = 0.1, 500
"""So much of the clip, and so long at a time, may pass without a face: landmarks slip in fast movements."""
OVERLAP = 0.3
"""Intersection over union of the boxes of one head in two successive samples is hardly ever lower."""
FOLLOWING_MS = 150


def moments_to_compare(track: Track) -> tuple[int, ...]:
    """Numbers of samples, at most one in each sixth of the clip: the ones that face the camera most."""
    rest = track.resting
    if rest is None:
        return ()
    end = track.samples[-1].at_ms + 1
    facing = [
        (_aside(sample.face, rest), sample.at_ms * COMPARED // end, number)
        for number, sample in enumerate(track.samples)
        if sample.face and _aside(sample.face, rest) <= FACING
    ]
    best = {part: min(entry for entry in facing if entry[1] == part) for part in {entry[1] for entry in facing}}
    return tuple(best[part][2] for part in sorted(best))


def same_person(track: Track, cosines: Sequence[float | None], bands: Bands, model: tuple[str, str]) -> CheckResult:
    """The lowest cosine between the best frame and the others, and whether the face was there all the time."""
    result = SAME_PERSON.worst(cosines, bands, model)
    broken = tuple(_breaks(track))
    band = Band.AMBIGUOUS if broken and result.band is Band.PASS else result.band
    return replace(result, band=band, reasons=(*result.reasons, *broken))


def _breaks(track: Track) -> Iterator[Reason]:
    times = [track.samples[0].at_ms, *(at for at, _ in track.seen), track.samples[-1].at_ms] if track.samples else []
    missing = len(track.samples) - len(track.seen)
    longest = max((later - earlier for earlier, later in pairwise(times)), default=0)
    if missing > MISSING_SHARE * len(track.samples) or longest > MISSING_MS:
        yield Reason.FACE_LEFT_THE_PICTURE
    if any(_jumped(*pair) for pair in pairwise(track.seen)):
        yield Reason.FACE_JUMPED


def _jumped(earlier: tuple[int, FaceSample], later: tuple[int, FaceSample]) -> bool:
    return later[0] - earlier[0] <= FOLLOWING_MS and overlap(earlier[1].box, later[1].box) < OVERLAP


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Intersection over union of two boxes (x, y, width, height), 0..1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(wide, 0.0) * max(high, 0.0)
    whole = one[2] * one[3] + other[2] * other[3] - shared
    return shared / whole if whole > 0 else 0.0


def _aside(face: FaceSample, rest: FaceSample) -> float:
    return max(abs(face.yaw), abs(face.pitch - rest.pitch))
