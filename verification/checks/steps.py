"""Was one step of a challenge answered inside its window? Pure arithmetic on a track.

Angles count from the clip's own rest, so that a head held aside throughout turns nowhere. A window asks for one thing:
a head that swings to both sides, or nods while it should open the mouth, answers nothing. Otherwise one recording that
does everything all the time would answer every challenge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .blinks import blinks
from .challenge_facts import Step, StepKind
from .tracks import FaceSample, Track

TURN, LOOK_UP = 18.0, 10.0
"""Degrees from rest that count as an answer. Heads at rest in the labelled clips stray by 13° of yaw at most."""
OPPOSITE, ASIDE = 14.0, 25.0
"""Degrees that a turn may go to the other side, and that the head may turn while something else is asked."""
MOUTH_OPEN, MOUTH_OPENED_BY = 0.28, 0.12
"""The mouth is open from this ratio on, if it is also so much wider than at rest."""
RETURN_MS = 700
"""So long after its beginning a window does not look at the other direction: the head comes back from the last step."""
GRACE_MS = 300
"""An answer may end so long after its window. The prompt is read before it is answered."""
HELD = 2
"""Samples, about 130 ms, that a movement must last. A single sample is a slip of the landmarks."""
SPEECH_MS = 300
BLINKS = 2

Measure = Callable[[FaceSample], float]
Moments = Sequence[tuple[int, FaceSample]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was seen of one step. `at_ms` is when it was clearest, `peak` how far it went, in `unit`."""

    step: Step
    answered: bool
    at_ms: int | None = None
    peak: float | None = None
    unit: str = "degrees"


def answer_of(step: Step, track: Track, speech: Sequence[tuple[int, int]] = ()) -> Answer:
    """The answer to one step. `speech` is when somebody spoke: (from, to) in ms."""
    rest = track.resting
    moments = track.within(step.from_ms, step.to_ms + GRACE_MS)
    if rest is None or not moments:
        return Answer(step, answered=False)
    match step.kind:
        case StepKind.TURN_LEFT:
            return _turned(step, moments, lambda face: rest.yaw - face.yaw)
        case StepKind.TURN_RIGHT:
            return _turned(step, moments, lambda face: face.yaw - rest.yaw)
        case StepKind.LOOK_UP:
            return _moved(step, moments, rest, lambda face: rest.pitch - face.pitch, LOOK_UP)
        case StepKind.OPEN_MOUTH:
            least = max(MOUTH_OPEN, rest.mouth_openness + MOUTH_OPENED_BY)
            return _moved(step, moments, rest, lambda face: face.mouth_openness, least, "height over width")
        case StepKind.BLINK_TWICE:
            return _blinked(step, track, moments, rest)
        case StepKind.SAY_DIGITS:
            return _spoke(step, speech)


def _turned(step: Step, moments: Moments, turn: Measure) -> Answer:
    """A turn to the asked side, and, once the head is back from the last step, none to the other."""
    at, peak = _peak(moments, turn)
    settled = [-turn(face) for when, face in moments if step.from_ms + RETURN_MS <= when < step.to_ms]
    return Answer(step, peak >= TURN and max(settled, default=0.0) <= OPPOSITE, at, round(peak, 1))


def _moved(
    step: Step, moments: Moments, rest: FaceSample, measure: Measure, least: float, unit: str = "degrees"
) -> Answer:
    at, peak = _peak(moments, measure)
    return Answer(step, peak >= least and not _aside(step, moments, rest), at, round(peak, 2), unit)


def _blinked(step: Step, track: Track, moments: Moments, rest: FaceSample) -> Answer:
    found = [at for at in blinks(track) if step.from_ms <= at < step.to_ms + GRACE_MS]
    answered = len(found) >= BLINKS and not _aside(step, moments, rest)
    return Answer(step, answered, found[-1] if found else None, float(len(found)), "blinks")


def _spoke(step: Step, speech: Sequence[tuple[int, int]]) -> Answer:
    """Somebody spoke. Whether it was the digits is for the voice check, where a language has a model."""
    parts = [(max(begin, step.from_ms), min(end, step.to_ms + GRACE_MS)) for begin, end in speech]
    spoken = [(begin, end) for begin, end in parts if begin < end]
    total = sum(end - begin for begin, end in spoken)
    return Answer(step, total >= SPEECH_MS, spoken[0][0] if spoken else None, float(total), "ms of speech")


def _aside(step: Step, moments: Moments, rest: FaceSample) -> bool:
    """Whether the head was clearly turned while something else was asked."""
    settled = [abs(face.yaw - rest.yaw) for at, face in moments if step.from_ms + RETURN_MS <= at < step.to_ms]
    return max(settled, default=0.0) > ASIDE


def _peak(moments: Moments, measure: Measure) -> tuple[int, float]:
    """When and how far at most, where `HELD` samples in a row went as far."""
    values = [(at, measure(face)) for at, face in moments]
    rows = [values[start : start + HELD] for start in range(len(values) - HELD + 1)] or [values]
    best = max(rows, key=lambda row: min(value for _, value in row))
    return best[0][0], min(value for _, value in best)
