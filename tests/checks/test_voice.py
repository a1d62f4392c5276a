"""Speech, digits, pitch and lips. The voice is synthetic; how people fare is not shown by it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from verification.checks.challenge_facts import ChallengeFacts, Step, StepKind
from verification.checks.engines.bundle import Engines
from verification.checks.engines.hearing import sound_of
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.tracks import FaceSample, Track
from verification.checks.voice import Sound, lips_and_sound, pitch_change, share_in_order, voice
from verification.policy.thresholds import CAPTURE_WITH_VOICE

from .spoken import digits
from .tracks_made import track

DIGITS = "3690"
ASKED = ChallengeFacts((Step(StepKind.SAY_DIGITS, 1000, 5500, DIGITS),), voice=True)
SILERO = ("silero-vad-6.2.3", "00")
SECONDS = 7


def recorded(numbers: str, at_ms: int = 1500, pitch: int = 50) -> bytes:
    """Seven seconds of a quiet room in which somebody says these digits."""
    room = np.random.default_rng(0).normal(0, 15, SECONDS * 16_000)
    if numbers:
        spoken = digits(numbers, pitch)
        start = at_ms * 16
        room[start : start + len(spoken)] += spoken[: len(room) - start]
    return room.astype("<i2").tobytes()


def moving_lips(sound: Sound) -> Track:
    """Lips that open as far as the sound is loud."""

    def open_(at: int, face: FaceSample) -> FaceSample:
        near = [loud for when, loud in sound.loudness if abs(when - at) <= 60]
        return replace(face, mouth_openness=0.05 + 1.5 * sum(near) / max(len(near), 1))

    return track(open_)


def judged(sound: Sound, seen: Track | None = None, facts: ChallengeFacts = ASKED) -> CheckResult:
    return voice(sound, seen or moving_lips(sound), facts, CAPTURE_WITH_VOICE.bands["voice"], SILERO)


@pytest.fixture(scope="module")
def said(engines: Engines) -> Sound:
    return sound_of(recorded(DIGITS), ASKED, engines)


def test_the_right_digits_pass(said: Sound) -> None:
    assert said.digits == DIGITS
    assert (judged(said).band, judged(said).reasons, judged(said).score) == (Band.PASS, (), 1.0)


@pytest.mark.parametrize("numbers", ["1234", "8526", "9999"])
def test_other_digits_do_not_pass(engines: Engines, numbers: str) -> None:
    result = judged(sound_of(recorded(numbers), ASKED, engines))
    assert result.band is not Band.PASS
    assert Reason.VOICE_DIGITS_DIFFER in result.reasons


def test_silence_does_not_pass(engines: Engines) -> None:
    sound = sound_of(recorded(""), ASKED, engines)
    assert sound.speech == ()
    assert sound.median_pitch is None
    assert (judged(sound).band, judged(sound).reasons) == (Band.FAIL, (Reason.VOICE_NO_SPEECH,))


@pytest.mark.parametrize("audio", [b"", b"\0\0" * 100])
def test_no_sound_is_no_speech(engines: Engines, audio: bytes) -> None:
    assert judged(sound_of(audio, ASKED, engines)).reasons == (Reason.VOICE_NO_SPEECH,)


def test_speech_is_found_where_it_is(said: Sound) -> None:
    assert 1400 <= said.speech[0][0] <= 1800
    assert 3800 <= said.speech[-1][1] <= 4700


def test_the_right_digits_over_other_lips_do_not_pass(said: Sound) -> None:
    result = judged(said, track())
    assert (result.band, result.reasons) == (Band.AMBIGUOUS, (Reason.VOICE_LIPS_APART,))
    backwards = track(
        lambda at, face: replace(face, mouth_openness=0.05 if said.speech[0][0] <= at < said.speech[-1][1] else 0.3)
    )
    assert judged(said, backwards).reasons == (Reason.VOICE_LIPS_APART,)
    assert lips_and_sound(track(), Sound()) is None


def test_a_second_voice_does_not_pass(said: Sound) -> None:
    half = len(said.pitch) // 2
    changed = tuple((at, hertz * (1 if place < half else 1.8)) for place, (at, hertz) in enumerate(said.pitch))
    assert judged(replace(said, pitch=changed)).reasons == (Reason.VOICE_CHANGES,)
    assert pitch_change(Sound(pitch=((0, 100.0), (20, 200.0)))) == pytest.approx(12)


def test_a_language_without_a_model_is_not_listened_to_for_digits(engines: Engines) -> None:
    sound = sound_of(recorded(DIGITS), replace(ASKED, locale="zh-hans"), engines)
    assert sound.digits is None
    assert sound.speech


@pytest.mark.parametrize("hertz", [80, 120, 210, 330])
def test_the_pitch_is_that_of_the_sound(engines: Engines, hertz: int) -> None:
    moments = np.arange(SECONDS * 16_000) / 16_000
    tone = sum(np.sin(2 * math.pi * hertz * harmonic * moments) / harmonic for harmonic in range(1, 9))
    from verification.checks.engines.hearing import _pitch
    from verification.checks.engines.speech import wave_of

    wave = wave_of((np.asarray(tone) * 5000).astype("<i2").tobytes())
    found = [value for _, value in _pitch(wave, ((1000, 2000),))]
    assert found
    assert np.median(found) == pytest.approx(hertz, rel=0.03)


@pytest.mark.parametrize(
    ("asked", "heard", "share"),
    [
        ("4071", "4071", 1),
        ("4071", "401", 0.75),
        ("4071", "40711", 0.8),
        ("4071", "", 0),
        ("", "", 0),
        ("12", "21", 0.5),
    ],
)
def test_digits_count_in_order(asked: str, heard: str, share: float) -> None:
    assert share_in_order(asked, heard) == share
