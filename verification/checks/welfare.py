"""Signs that somebody may not be well or not be free. They fail nobody: they put a case before a person, and first.

What they mean is for people to say. A blink, by the way, does not stop a replay, and neither do these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import pstdev

from .bands import Bands
from .reasons import Reason
from .results import CheckResult
from .scales import Scale
from .steps import Answer
from .tracks import CLOSED, FaceSample, Track

WELFARE = Scale("welfare", "signals", 0, 4, Reason.CHECK_ERROR, Reason.WELFARE_NO_RESPONSE)
SHUT_OPENNESS = 0.2
"""Eyes narrower than this that the model calls closed are closed; behind glasses the model alone says so too often."""
THROUGHOUT = 0.9
STILL_DEGREES, STILL_MOUTH, STILL_EYES = 1.0, 0.006, 0.01
"""Standard deviations of yaw plus pitch, and of both opennesses, below which nothing moves. The calmest labelled clip
has 1.8°, 0.006 and 0.032."""
SPEECH_MS, STILL_LIPS = 600, 0.012
"""Speech of this length moves lips by more than this standard deviation."""


def welfare(track: Track, answers: Sequence[Answer], speech: Sequence[tuple[int, int]], bands: Bands) -> CheckResult:
    """How many of the signals are there, each with its reason. `speech` is when somebody spoke: (from, to) in ms."""
    found = tuple(_signals(track, answers, speech))
    return replace(WELFARE.worst([float(len(found))], bands), reasons=found)


def _signals(track: Track, answers: Sequence[Answer], speech: Sequence[tuple[int, int]]) -> Iterator[Reason]:
    faces = [face for _, face in track.seen]
    if answers and not any(answer.answered for answer in answers):
        yield Reason.WELFARE_NO_RESPONSE
    if faces and sum(map(_shut, faces)) >= THROUGHOUT * len(faces):
        yield Reason.WELFARE_EYES_CLOSED
    if faces and _still(faces):
        yield Reason.WELFARE_NO_MOTION
    if _voice_without_lips(track, speech):
        yield Reason.WELFARE_VOICE_WITHOUT_LIPS


def _shut(face: FaceSample) -> bool:
    return face.eyes_closed > CLOSED and face.eye_openness < SHUT_OPENNESS


def _still(faces: Sequence[FaceSample]) -> bool:
    turned = pstdev(face.yaw for face in faces) + pstdev(face.pitch for face in faces)
    mouth = pstdev(face.mouth_openness for face in faces)
    return turned < STILL_DEGREES and mouth < STILL_MOUTH and pstdev(face.eye_openness for face in faces) < STILL_EYES


def _voice_without_lips(track: Track, speech: Sequence[tuple[int, int]]) -> bool:
    spoken = [face.mouth_openness for begin, end in speech for _, face in track.within(begin, end)]
    long_enough = sum(end - begin for begin, end in speech) >= SPEECH_MS
    return long_enough and len(spoken) > 1 and pstdev(spoken) < STILL_LIPS
