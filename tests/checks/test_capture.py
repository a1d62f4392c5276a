"""A whole clip through real networks. The moving head is synthetic: a photograph that is bent, and labelled so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded

from verification.checks.capture import CAPTURE_NAMES, capture_not_run, run_capture_checks
from verification.checks.challenge_facts import ChallengeFacts, StepKind
from verification.checks.clips import Clip
from verification.checks.engines.bundle import Engines
from verification.checks.engines.clips import clip_from
from verification.checks.engines.shapes import Pixels
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.run import CheckRun
from verification.policy.decide import Verdict, decide
from verification.policy.thresholds import CAPTURE

from .moving_clips import KINDS, answering, asked, close_up, pictures
from .photographs import astronaut, blurred, coffee, friend_on_the_right, jpeg, later_picture_of

REFERENCE = jpeg(later_picture_of(astronaut()))


@pytest.fixture(scope="module")
def moving(engines: Engines) -> list[Pixels]:
    return pictures(engines)


@pytest.fixture(scope="module")
def clip(moving: list[Pixels]) -> Clip:
    return clip_from(moving)


@pytest.fixture(scope="module")
def found(engines: Engines, clip: Clip) -> CheckRun:
    return run_capture_checks(REFERENCE, clip, asked(), engines, CAPTURE.bands)


def by_name(found: CheckRun) -> dict[str, CheckResult]:
    return {result.name: result for result in found.results}


def reasons(found: CheckRun) -> set[Reason]:
    return set(decide(found.results, human_view=True, policy=CAPTURE).reasons)


def test_a_person_who_answers_passes(found: CheckRun) -> None:
    assert decide(found.results, human_view=True, policy=CAPTURE).verdict is Verdict.PASS
    assert {result.name for result in found.results} == set(CAPTURE.bands)


def test_frames_to_be_shown_begin_with_the_best(found: CheckRun) -> None:
    assert [image.name for image in found.live] == ["live-0", "live-1", "live-2", "live-3"]
    best = found.live[0].pose
    assert best is not None
    assert abs(best.yaw) < 10
    assert {"reference", "live-0"} <= set(found.crops())


def test_each_answered_step_has_a_frame_and_each_frame_a_crop(found: CheckRun) -> None:
    assert found.shows == {f"live-{place}": kind.value for place, kind in enumerate(KINDS, 1)}
    assert set(found.shows) <= set(found.crops())
    turned, facing = found.live[1].pose, found.live[0].pose
    assert turned is not None
    assert facing is not None
    assert turned.yaw < facing.yaw - 15


def test_a_step_that_was_not_answered_has_no_frame(engines: Engines, clip: Clip) -> None:
    other = asked(StepKind.TURN_RIGHT, StepKind.BLINK_TWICE, StepKind.TURN_RIGHT)
    again = run_capture_checks(REFERENCE, clip, other, engines, CAPTURE.bands)
    assert again.shows == {"live-1": "blink_twice"}
    assert [image.name for image in again.live] == ["live-0", "live-1"]


def test_evidence_is_numbers_only(found: CheckRun) -> None:
    steps = found.facts["steps"]
    assert [step["step"] for step in steps] == [kind.value for kind in KINDS]
    assert all(step["from_ms"] <= step["at_ms"] < step["to_ms"] for step in steps)
    assert found.facts["voice"] == {"counted": False, "why": "not_asked", "speech_ms": 0, "median_pitch_hz": None}


def test_the_recording_does_not_answer_another_challenge(engines: Engines, clip: Clip) -> None:
    other = asked(StepKind.LOOK_UP, StepKind.BLINK_TWICE, StepKind.TURN_LEFT)
    again = run_capture_checks(REFERENCE, clip, other, engines, CAPTURE.bands)
    assert Reason.CHALLENGE_NOT_ANSWERED in reasons(again)


def test_another_person_does_not_pass(engines: Engines, clip: Clip) -> None:
    found = run_capture_checks(jpeg(friend_on_the_right()), clip, asked(), engines, CAPTURE.bands)
    assert reasons(found) == {Reason.DIFFERENT_PERSON}


def turned_into(moving: list[Pixels], change: Callable[[int, Pixels], Pixels]) -> Clip:
    return clip_from([change(number, pixels) for number, pixels in enumerate(moving)])


def test_somebody_else_for_a_second_does_not_pass(engines: Engines, moving: list[Pixels]) -> None:
    guest = friend_on_the_right()

    def exchanged(number: int, pixels: Pixels) -> Pixels:
        shown = pixels.copy()
        if 40 <= number < 55:
            shown[: guest.shape[0], : guest.shape[1]] = guest
            shown[:, guest.shape[1] :] = 127
        return shown

    found = run_capture_checks(REFERENCE, turned_into(moving, exchanged), asked(), engines, CAPTURE.bands)
    assert Reason.FACES_DIFFER_IN_CLIP in reasons(found) or Reason.FACE_JUMPED in reasons(found)
    assert by_name(found)["same_person"].band is not Band.PASS


def test_a_photograph_does_not_pass(engines: Engines) -> None:
    found = run_capture_checks(REFERENCE, clip_from([close_up()] * 105), asked(), engines, CAPTURE.bands)
    expected = {
        Reason.CHALLENGE_NOT_ANSWERED,
        Reason.FRAMES_FROZEN,
        Reason.WELFARE_NO_MOTION,
        Reason.WELFARE_NO_RESPONSE,
    }
    assert expected <= reasons(found)


def test_nobody_does_not_pass(engines: Engines) -> None:
    found = run_capture_checks(REFERENCE, clip_from([coffee()] * 30), asked(), engines, CAPTURE.bands)
    assert {Reason.NO_FACE, Reason.NOTHING_TO_MEASURE, Reason.CHALLENGE_NOT_ANSWERED} <= reasons(found)
    assert all(result.band is not Band.ERROR for result in found.results)


def test_a_blurred_clip_does_not_pass(engines: Engines, moving: list[Pixels]) -> None:
    found = run_capture_checks(
        REFERENCE, turned_into(moving, lambda _, pixels: blurred(pixels)), asked(), engines, CAPTURE.bands
    )
    assert Reason.BLURRED in reasons(found)


def test_a_single_frame_does_not_pass(engines: Engines) -> None:
    found = run_capture_checks(REFERENCE, clip_from([close_up()]), asked(), engines, CAPTURE.bands)
    assert decide(found.results, human_view=True, policy=CAPTURE).verdict is Verdict.TO_PERSON


class Broken:
    """An engine that fails with the error it was given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def find(self, *_: Any) -> Any:
        raise self.error

    def embed(self, *_: Any) -> Any:
        raise self.error


def test_a_check_that_raises_is_an_error_and_the_others_still_run(engines: Engines, clip: Clip) -> None:
    broken: Any = Broken(RuntimeError())
    found = by_name(run_capture_checks(REFERENCE, clip, asked(), replace(engines, embedder=broken), CAPTURE.bands))
    assert {name for name, result in found.items() if result.band is Band.ERROR} == {"same_person", "match"}
    assert found["challenge"].band is Band.PASS


def test_time_running_out_ends_the_run_in_errors(engines: Engines, clip: Clip) -> None:
    broken: Any = Broken(SoftTimeLimitExceeded())
    found = by_name(run_capture_checks(REFERENCE, clip, asked(), replace(engines, embedder=broken), CAPTURE.bands))
    for name in ("same_person", "injection", "welfare", "match"):
        assert (found[name].band, found[name].reasons) == (Band.ERROR, (Reason.CHECK_TIMED_OUT,))


@pytest.mark.parametrize(
    ("error", "reason"),
    [(SoftTimeLimitExceeded(), Reason.CHECK_TIMED_OUT), (RuntimeError(), Reason.CHECK_ERROR)],
)
def test_what_breaks_before_the_first_check_is_an_error(
    engines: Engines, clip: Clip, error: Exception, reason: Reason
) -> None:
    broken: Any = Broken(error)
    found = run_capture_checks(REFERENCE, clip, asked(), replace(engines, detector=broken), CAPTURE.bands)
    assert found.results == capture_not_run(asked(), reason)


def test_a_reference_that_is_no_image_is_an_error(engines: Engines, clip: Clip) -> None:
    short = replace(clip, frames=clip.frames[:1], times_ms=clip.times_ms[:1], digests=clip.digests[:1])
    assert run_capture_checks(b"junk", short, asked(), engines, CAPTURE.bands).results == capture_not_run(asked())


def test_the_voice_is_judged_only_where_it_counts() -> None:
    spoken = replace(asked(StepKind.SAY_DIGITS), voice=True)
    names = [result.name for result in capture_not_run(spoken)]
    assert tuple(names) == CAPTURE_NAMES
    for facts in (replace(spoken, voice=False), replace(spoken, locale="zh-hans"), replace(asked(), voice=True)):
        assert "voice" not in {result.name for result in capture_not_run(facts)}


def test_a_challenge_without_steps_never_passes(engines: Engines, clip: Clip) -> None:
    found = run_capture_checks(REFERENCE, clip, ChallengeFacts(()), engines, CAPTURE.bands)
    assert by_name(found)["challenge"].band is Band.AMBIGUOUS


@pytest.mark.parametrize("kinds", [(StepKind.TURN_RIGHT, StepKind.OPEN_MOUTH, StepKind.TURN_LEFT)])
def test_the_other_steps_can_be_answered_too(engines: Engines, kinds: tuple[StepKind, ...]) -> None:
    found = run_capture_checks(REFERENCE, answering(engines, *kinds), asked(*kinds), engines, CAPTURE.bands)
    assert by_name(found)["challenge"].band is Band.PASS
