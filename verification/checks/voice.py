"""Were the digits said, by one voice, with the lips that are seen? Only where it was asked and consented to.

The measured pitch is a fact in hertz for whoever looks. Nothing here guesses sex, age or anything else about a person.

Digits can be recognised where a language has a model: English, so far. For every other language this check does not
run and does not count, and the facts of the run say so; that somebody spoke and moved the lips is still looked at by
the challenge and the welfare signals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2, sqrt
from statistics import median

from .bands import Bands
from .challenge_facts import ChallengeFacts, StepKind
from .reasons import Reason
from .results import Band, CheckResult
from .scales import Scale
from .tracks import Track

VOICE = Scale("voice", "share of the digits heard", 0, 1, Reason.VOICE_DIGITS_DIFFER)
LANGUAGES_WITH_A_MODEL = frozenset({"en"})
SPEECH_MS = 600
LIPS_TOGETHER = 0.1
"""Correlation of mouth and loudness, smoothed over 0.2 s and up to 0.2 s apart, from which they move together."""
SEMITONES_APART = 7.0
"""The medians of the first and second half of one voice that says digits lie nearer together than a fifth."""
OCTAVE = 12
LAGS_MS = (-200, -133, -67, 0, 67, 133, 200)
LEAST_MOMENTS = 15

Loudness = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Sound:
    """What was heard. Times are on the clip's clock.

    `speech` is when somebody spoke: (from, to) in ms. `loudness` is (ms, root mean square 0..1) every 20 ms. `pitch` is
    (ms, Hz) wherever the voice has one. `digits` is what was recognised in the window of the step, or None where the
    language has no model.
    """

    speech: tuple[tuple[int, int], ...] = ()
    loudness: tuple[tuple[int, float], ...] = ()
    pitch: tuple[tuple[int, float], ...] = ()
    digits: str | None = None

    @property
    def median_pitch(self) -> float | None:
        """Hertz, or None where no voice was heard."""
        return median(hertz for _, hertz in self.pitch) if self.pitch else None


def counts(facts: ChallengeFacts) -> bool:
    """Whether the voice is part of the judgement: asked, consented to, and in a language that has a model."""
    asked = any(step.kind is StepKind.SAY_DIGITS for step in facts.steps)
    return facts.voice and asked and facts.locale in LANGUAGES_WITH_A_MODEL


def voice(sound: Sound, track: Track, facts: ChallengeFacts, bands: Bands, model: tuple[str, str]) -> CheckResult:
    """The share of the digits that were heard in order; other doubts only take a pass away."""
    asked = "".join(step.digits for step in facts.steps)
    if sum(end - begin for begin, end in sound.speech) < SPEECH_MS:
        return replace(VOICE.worst([0.0], bands, model), reasons=(Reason.VOICE_NO_SPEECH,))
    result = VOICE.worst([share_in_order(asked, sound.digits or "")], bands, model)
    doubts = tuple(_doubts(sound, track))
    band = Band.AMBIGUOUS if doubts and result.band is Band.PASS else result.band
    return replace(result, band=band, reasons=(*result.reasons, *doubts))


def share_in_order(asked: str, heard: str) -> float:
    """The longest common subsequence of both over the longer of them, 0..1: what was added counts as well."""
    lengths = [0] * (len(heard) + 1)
    for digit in asked:
        before = lengths[:]
        for place, other in enumerate(heard, 1):
            lengths[place] = before[place - 1] + 1 if digit == other else max(before[place], lengths[place - 1])
    return lengths[-1] / max(len(asked), len(heard), 1)


def _doubts(sound: Sound, track: Track) -> list[Reason]:
    together = lips_and_sound(track, sound)
    found = [] if together is not None and together >= LIPS_TOGETHER else [Reason.VOICE_LIPS_APART]
    if pitch_change(sound) > SEMITONES_APART:
        found.append(Reason.VOICE_CHANGES)
    return found


def pitch_change(sound: Sound) -> float:
    """Semitones between the median pitch of the first and of the second half of what was said."""
    half = len(sound.pitch) // 2
    if not half:
        return 0.0
    first, second = (median(hertz for _, hertz in part) for part in (sound.pitch[:half], sound.pitch[half:]))
    return abs(OCTAVE * log2(first / second))


def lips_and_sound(track: Track, sound: Sound) -> float | None:
    """The correlation, -1..1, of the mouth's openness and the loudness around and in what was said.

    The best of small shifts between both, because a recorder does not keep them exactly together. None without enough
    moments, or where either does not move at all.
    """
    if not sound.speech:
        return None
    begin, end = sound.speech[0][0] - 500, sound.speech[-1][1] + 500
    mouth = [(at, face.mouth_openness) for at, face in track.within(begin, end)]
    found = [_correlation(mouth, sound.loudness, lag) for lag in LAGS_MS]
    known = [value for value in found if value is not None]
    return max(known, default=None)


def _correlation(mouth: Sequence[tuple[int, float]], loudness: Loudness, lag: int) -> float | None:
    pairs = [(open_, _loud(loudness, at + lag)) for at, open_ in mouth]
    known = [(open_, loud) for open_, loud in pairs if loud is not None]
    if len(known) < LEAST_MOMENTS:
        return None
    return _pearson([open_ for open_, _ in known], [loud for _, loud in known])


def _loud(loudness: Loudness, at: int) -> float | None:
    """The mean loudness of the 0.2 s around a moment."""
    near = [loud for when, loud in loudness if abs(when - at) <= 100]
    return sum(near) / len(near) if near else None


def _pearson(one: Sequence[float], other: Sequence[float]) -> float | None:
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    both = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread = sqrt(sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other))
    return both / spread if spread > 0 else None
