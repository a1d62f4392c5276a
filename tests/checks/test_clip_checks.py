"""Liveness, one person, injection and welfare of a clip, from numbers alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from verification.checks.challenge_facts import ChallengeFacts, DeviceFacts, Step, StepKind
from verification.checks.clips import ClipFacts, Writer
from verification.checks.injection import REPEATS_BELOW, injection
from verification.checks.loops import closest_repeat
from verification.checks.origin import origin
from verification.checks.pad import pad
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.same_person import moments_to_compare, overlap, same_person
from verification.checks.steps import Answer
from verification.checks.tracks import FaceSample, Sample, Track
from verification.checks.welfare import welfare
from verification.policy.thresholds import CAPTURE, RELYING_PARTY

from .tracks_made import CALM, Change, all_of, between, swaying, track

LIVENESS, EMBEDDER = (("fr-liveness", "00"), ("sface-2021dec+fr-feature", "00"))
BROWSER = ClipFacts(
    container="webm",
    video_codec="vp8",
    audio_codec="",
    width=640,
    height=480,
    sizes=1,
    frames_total=210,
    keyframes=3,
    duration_ms=7000,
    video_ms=6970,
    stated_ms=0,
    longest_gap_ms=60,
    gap_spread_us=4000,
    gap_kinds=12,
    backwards=0,
    frozen_frames=4,
    longest_freeze_ms=80,
    repeated_frames=0,
    audio_starts_ms=0,
    written_by=Writer.CHROMIUM,
    encoder_tag_digest="",
    has_encoder_mark=False,
    has_device_tags=False,
)
STEPS = (Step(StepKind.TURN_LEFT, 0, 3500), Step(StepKind.LOOK_UP, 3500, 7000))
ASKED = ChallengeFacts(STEPS)
ANSWERED = tuple(Answer(step, answered=True) for step in STEPS)
IGNORED = tuple(Answer(step, answered=False) for step in STEPS)


def lively(change: Change = lambda at, face: face) -> Track:
    return track(all_of(between(900, 1500, yaw=-30.0), between(4400, 5200, pitch=-14.0), change))


# Liveness


def liveness_of(change: Change) -> CheckResult:
    return pad(track(change), CAPTURE.bands["pad"], LIVENESS)


def test_a_clip_that_looks_alive_throughout_passes() -> None:
    assert liveness_of(lambda at, face: face).band is Band.PASS


def test_one_good_frame_does_not_carry_a_bad_clip() -> None:
    good = between(3000, 3060, live=1.0)
    result = liveness_of(all_of(between(0, 7000, live=0.05), good))
    assert (result.band, result.reasons) == (Band.FAIL, (Reason.NOT_LIVE,))


@pytest.mark.parametrize("start", [0, 2300, 4700])
def test_one_bad_third_spoils_a_good_clip(start: int) -> None:
    assert liveness_of(between(start, start + 2300, live=0.05)).band is Band.FAIL


def test_a_few_bad_frames_are_forgiven() -> None:
    assert liveness_of(between(3000, 3500, live=0.0)).band is Band.PASS


def test_a_third_without_a_face_leaves_nothing_to_measure() -> None:
    result = liveness_of(lambda at, face: None if at < 2300 else face)
    assert (result.band, result.reasons) == (Band.AMBIGUOUS, (Reason.NOTHING_TO_MEASURE,))
    assert pad(Track(()), CAPTURE.bands["pad"], LIVENESS).band is Band.AMBIGUOUS


# One person


def person(seen: Track, *cosines: float | None) -> CheckResult:
    return same_person(seen, cosines or (0.9, 0.8), CAPTURE.bands["same_person"], EMBEDDER)


def test_one_face_throughout_passes() -> None:
    assert person(lively()).band is Band.PASS


@pytest.mark.parametrize(("cosine", "band"), [(0.1, Band.FAIL), (0.35, Band.AMBIGUOUS)])
def test_one_moment_with_another_face_is_enough(cosine: float, band: Band) -> None:
    result = person(lively(), 0.9, cosine, 0.9)
    assert (result.band, result.reasons) == (band, (Reason.FACES_DIFFER_IN_CLIP,))


def test_a_face_that_goes_away_does_not_pass() -> None:
    gone = person(lively(lambda at, face: None if 3000 <= at < 3600 else face))
    assert (gone.band, gone.reasons) == (Band.AMBIGUOUS, (Reason.FACE_LEFT_THE_PICTURE,))
    assert Reason.FACE_LEFT_THE_PICTURE in person(lively(lambda at, face: None if at > 6300 else face)).reasons


def test_a_slip_of_the_landmarks_is_forgiven() -> None:
    assert person(lively(lambda at, face: None if 3000 <= at < 3200 else face)).band is Band.PASS


def test_a_face_that_jumps_does_not_pass() -> None:
    moved = lively(lambda at, face: replace(face, box=(400.0, 100.0, 180.0, 220.0)) if at > 3000 else face)
    assert person(moved).reasons == (Reason.FACE_JUMPED,)


def test_nobody_leaves_nothing_to_compare() -> None:
    result = same_person(Track(()), (), CAPTURE.bands["same_person"], EMBEDDER)
    assert result.band is Band.AMBIGUOUS
    assert moments_to_compare(track(lambda at, face: None)) == ()


def test_moments_are_spread_over_the_clip_and_face_the_camera() -> None:
    seen = lively()
    moments = moments_to_compare(seen)
    assert len(moments) == 6
    assert len({seen.samples[number].at_ms * 6 // 7000 for number in moments}) == 6
    assert all(abs(face.yaw) < 20 for number in moments if (face := seen.samples[number].face))


@pytest.mark.parametrize(
    ("other", "share"),
    [((0, 0, 10, 10), 1.0), ((5, 0, 10, 10), 1 / 3), ((10, 0, 10, 10), 0.0), ((50, 50, 0, 0), 0.0)],
)
def test_boxes_overlap_by_their_shared_area(other: tuple[float, float, float, float], share: float) -> None:
    assert overlap((0, 0, 10, 10), other) == pytest.approx(share)


# Injection


def injected(seen: Track | None = None, facts: ChallengeFacts = ASKED, **clip: Any) -> CheckResult:
    return injection(seen or lively(), replace(BROWSER, **clip), facts, CAPTURE.bands["injection"])


def test_a_browser_s_recording_passes() -> None:
    assert (injected().band, injected().reasons) == (Band.PASS, ())


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"nonce_fresh": False}, Reason.NONCE_NOT_FRESH),
        ({"in_time": False}, Reason.ANSWER_LATE),
        ({"in_order": False}, Reason.ANSWER_OUT_OF_ORDER),
        ({"seen_before": True}, Reason.CLIP_SEEN_BEFORE),
    ],
)
def test_what_the_server_found_is_enough(fact: dict[str, bool], reason: Reason) -> None:
    result = injected(facts=replace(ASKED, **fact))  # type: ignore[arg-type] # only booleans are named
    assert (result.band, result.reasons) == (Band.FAIL, (reason,))


@pytest.mark.parametrize(
    ("clip", "band", "reason"),
    [
        ({"longest_freeze_ms": 2000}, Band.FAIL, Reason.FRAMES_FROZEN),
        ({"frozen_frames": 200}, Band.FAIL, Reason.FRAMES_FROZEN),
        ({"longest_freeze_ms": 800}, Band.AMBIGUOUS, Reason.FRAMES_FROZEN),
        ({"repeated_frames": 30}, Band.FAIL, Reason.FRAMES_REPEAT),
        ({"has_encoder_mark": True}, Band.FAIL, Reason.RECORDING_CONTRADICTS_ITSELF),
        ({"has_device_tags": True}, Band.FAIL, Reason.RECORDING_CONTRADICTS_ITSELF),
        ({"written_by": Writer.FFMPEG}, Band.FAIL, Reason.RECORDING_CONTRADICTS_ITSELF),
        ({"written_by": Writer.OTHER}, Band.AMBIGUOUS, Reason.RECORDING_CONTRADICTS_ITSELF),
        ({"backwards": 1}, Band.AMBIGUOUS, Reason.RECORDING_CONTRADICTS_ITSELF),
        ({"gap_kinds": 1}, Band.AMBIGUOUS, Reason.RECORDING_TOO_REGULAR),
        ({"longest_gap_ms": 900}, Band.AMBIGUOUS, Reason.RECORDING_HAS_GAPS),
        ({"video_ms": 5000}, Band.AMBIGUOUS, Reason.RECORDING_TOO_SHORT),
    ],
)
def test_each_oddity_of_the_recording_is_seen(clip: dict[str, Any], band: Band, reason: Reason) -> None:
    result = injected(**clip)
    assert (result.band, result.reasons) == (band, (reason,))


def test_a_virtual_camera_is_a_sign_and_no_proof() -> None:
    virtual = replace(ASKED, device=DeviceFacts(label_is_virtual=True))
    assert (injected(facts=virtual).band, injected(facts=virtual).reasons) == (Band.AMBIGUOUS, (Reason.CAMERA_VIRTUAL,))
    assert injected(facts=virtual, gap_kinds=1).band is Band.AMBIGUOUS
    assert injected(facts=virtual, has_encoder_mark=True).band is Band.FAIL


def looped(noise: float) -> Track:
    """The first three seconds again and again, with the landmarks' noise on top."""
    once = [sample for sample in lively().samples if sample.at_ms < 3000 and sample.face]

    def sample(number: int) -> Sample:
        at, face = round(number * 1000 / 15), once[number % len(once)].face
        assert face is not None
        shaken = replace(
            face, yaw=face.yaw + noise * math.sin(number * 7.3), pitch=face.pitch + noise * math.sin(number * 5.1)
        )
        return Sample(at, 1, shaken)

    return Track(tuple(sample(number) for number in range(105)))


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.6])
def test_a_loop_is_found_through_noise(noise: float) -> None:
    assert injected(looped(noise)).reasons == (Reason.FRAMES_REPEAT,)


def test_a_living_head_never_repeats_itself() -> None:
    assert closest_repeat(lively()) > REPEATS_BELOW


def test_a_calm_face_is_no_loop() -> None:
    assert closest_repeat(Track(tuple(Sample(number * 67, 1, CALM) for number in range(105)))) == math.inf
    assert closest_repeat(Track(())) == math.inf


# Welfare


def signals(seen: Track, answers: tuple[Answer, ...] = ANSWERED, *speech: tuple[int, int]) -> tuple[Reason, ...]:
    result = welfare(seen, answers, speech, CAPTURE.bands["welfare"])
    assert result.band is (Band.AMBIGUOUS if result.reasons else Band.PASS)
    return result.reasons


def test_somebody_who_answers_gives_no_signal() -> None:
    assert signals(lively()) == ()


def test_no_response_is_a_signal() -> None:
    assert signals(lively(), IGNORED) == (Reason.WELFARE_NO_RESPONSE,)
    assert signals(lively(), (ANSWERED[0], IGNORED[1])) == ()


def test_eyes_closed_throughout_are_a_signal() -> None:
    shut = between(0, 7000, eyes_closed=0.99, eye_openness=0.15)
    assert signals(lively(shut)) == (Reason.WELFARE_EYES_CLOSED,)
    assert signals(lively(between(0, 7000, eyes_closed=0.99))) == ()
    assert signals(lively(between(0, 5000, eyes_closed=0.99, eye_openness=0.15))) == ()


def test_a_face_in_which_nothing_moves_is_a_signal() -> None:
    stiff = Track(tuple(Sample(number * 67, 1, CALM) for number in range(105)))
    assert signals(stiff) == (Reason.WELFARE_NO_MOTION,)


def test_a_photograph_that_is_carried_about_is_still() -> None:
    def carried(number: int) -> FaceSample:
        return replace(CALM, box=(200 + 30 * math.sin(number / 9), 100.0, 180.0, 220.0))

    assert Reason.WELFARE_NO_MOTION in signals(Track(tuple(Sample(n * 67, 1, carried(n)) for n in range(105))))


def speaking(at: int, face: FaceSample) -> FaceSample:
    return replace(face, mouth_openness=0.12 + 0.1 * math.sin(at / 90)) if 2000 <= at < 4000 else face


def test_a_voice_over_still_lips_is_a_signal() -> None:
    assert signals(lively(), ANSWERED, (2000, 4000)) == (Reason.WELFARE_VOICE_WITHOUT_LIPS,)
    assert signals(lively(speaking), ANSWERED, (2000, 4000)) == ()
    assert signals(lively(), ANSWERED, (2000, 2300)) == ()


def test_nobody_gives_no_response() -> None:
    assert signals(track(lambda at, face: None), IGNORED) == (Reason.WELFARE_NO_RESPONSE,)


# Origin


@pytest.mark.parametrize(
    ("trusted", "band", "reasons"), [(True, Band.PASS, ()), (False, Band.AMBIGUOUS, (Reason.CAPTURE_NOT_OURS,))]
)
def test_a_relying_party_s_images_pass_only_where_they_are_trusted(
    trusted: bool, band: Band, reasons: tuple[Reason, ...]
) -> None:
    result = origin(RELYING_PARTY.bands["origin"], trusted=trusted)
    assert (result.band, result.reasons) == (band, reasons)


def test_the_calm_face_sways() -> None:
    assert swaying(500, CALM) != CALM
