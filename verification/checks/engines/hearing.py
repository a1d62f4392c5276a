"""The sound of a clip as plain facts: when somebody spoke, how loud, how high, and which digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verification.checks.challenge_facts import ChallengeFacts, StepKind
from verification.checks.voice import Sound, counts

from .speech import RATE, Wave, wave_of

if TYPE_CHECKING:
    from .bundle import Engines

HOP, PITCH_WINDOW = 320, 640
"""20 ms between measures; 40 ms hold at least two periods of the lowest voice looked for."""
LOWEST_HZ, HIGHEST_HZ = 65, 400
VOICED = 0.5
"""Least autocorrelation of a voiced sound, as a share of its energy."""
BEFORE_MS, AFTER_MS = 200, 500
"""Sound around the window of the digits that is listened to as well."""


def sound_of(audio: bytes, facts: ChallengeFacts, engines: Engines) -> Sound:
    """What can be heard. Digits only where they count; without sound, nothing."""
    if not audio:
        return Sound()
    wave = wave_of(audio)
    speech = engines.speech.spoken(wave)
    return Sound(speech, _loudness(wave), _pitch(wave, speech), _digits(audio, facts) if counts(facts) else None)


def _digits(audio: bytes, facts: ChallengeFacts) -> str:
    from .digits import digits_said

    windows = [step for step in facts.windows() if step.kind is StepKind.SAY_DIGITS]
    heard = (
        digits_said(_part(audio, step.from_ms - BEFORE_MS, step.to_ms + AFTER_MS), len(step.digits)) for step in windows
    )
    return "".join(heard)


def _part(audio: bytes, from_ms: int, to_ms: int) -> bytes:
    begin, end = (max(0, moment) * RATE // 1000 * 2 for moment in (from_ms, to_ms))
    return audio[begin:end]


def _loudness(wave: Wave) -> tuple[tuple[int, float], ...]:
    blocks = wave[: len(wave) // HOP * HOP].reshape(-1, HOP)
    power = np.sqrt((blocks**2).mean(axis=1)) if len(blocks) else np.empty(0)
    return tuple((number * HOP * 1000 // RATE, float(value)) for number, value in enumerate(power))


def _pitch(wave: Wave, speech: tuple[tuple[int, int], ...]) -> tuple[tuple[int, float], ...]:
    """(ms, Hz) of every 20 ms of speech that has a pitch."""
    starts = (start for begin, end in speech for start in range(begin * RATE // 1000, end * RATE // 1000, HOP))
    found = ((start * 1000 // RATE, _hertz(wave[start : start + PITCH_WINDOW])) for start in starts)
    return tuple((at, hertz) for at, hertz in found if hertz is not None)


def _hertz(part: Wave) -> float | None:
    """The pitch by the first strong peak of the autocorrelation (Rabiner, "On the use of autocorrelation analysis for
    pitch detection", 1977), or None for an unvoiced sound."""
    if len(part) < PITCH_WINDOW:
        return None
    centred = part - part.mean()
    spectrum = np.fft.rfft(centred, 2 * PITCH_WINDOW)
    auto = np.fft.irfft(np.abs(spectrum) ** 2)[:PITCH_WINDOW]
    # A longer lag has fewer products to sum up; without the correction the true period loses to its fractions.
    auto = auto * PITCH_WINDOW / np.arange(PITCH_WINDOW, 0, -1)
    lags = slice(RATE // HIGHEST_HZ, RATE // LOWEST_HZ + 1)
    best = float(auto[lags].max())
    if auto[0] <= 0 or best < VOICED * auto[0]:
        return None
    # The first lag nearly as good as the best: twice a period fits as well as the period itself.
    near = np.flatnonzero(auto[lags] >= 0.9 * best)
    first = RATE // HIGHEST_HZ + int(near[0])
    while first + 1 < PITCH_WINDOW and auto[first + 1] > auto[first]:
        first += 1
    return RATE / first
