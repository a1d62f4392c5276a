"""A step is answered by what it asks for, inside its window, and by nothing else."""

from __future__ import annotations

import pytest

from verification.checks.bands import Bands
from verification.checks.challenge import challenge
from verification.checks.challenge_facts import Step, StepKind
from verification.checks.reasons import Reason
from verification.checks.results import Band
from verification.checks.steps import Answer, answer_of
from verification.checks.tracks import Track

from .tracks_made import Change, all_of, between, track

START, END = 2000, 4300
DONE: dict[StepKind, Change] = {
    StepKind.TURN_LEFT: between(3000, 3600, yaw=-30.0),
    StepKind.TURN_RIGHT: between(3000, 3600, yaw=30.0),
    StepKind.LOOK_UP: between(3000, 3600, pitch=-12.0),
    StepKind.OPEN_MOUTH: between(3000, 3600, mouth_openness=0.45),
    StepKind.BLINK_TWICE: all_of(
        between(2800, 3000, eyes_closed=0.99, eye_openness=0.15),
        between(3500, 3700, eyes_closed=0.99, eye_openness=0.15),
    ),
}
KINDS = tuple(DONE)
BANDS = Bands(fail_below=0.5, pass_from=1)


def step(kind: StepKind) -> Step:
    return Step(kind, START, END)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_asked_answers(kind: StepKind) -> None:
    answer = answer_of(step(kind), track(DONE[kind]))
    assert answer.answered
    assert answer.at_ms is not None
    assert START <= answer.at_ms < END


@pytest.mark.parametrize("kind", KINDS)
def test_doing_nothing_does_not_answer(kind: StepKind) -> None:
    assert not answer_of(step(kind), track()).answered


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("window", [(0, 2300), (4700, 7000)])
def test_an_answer_outside_its_window_is_none(kind: StepKind, window: tuple[int, int]) -> None:
    assert not answer_of(Step(kind, *window), track(DONE[kind])).answered


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("done", KINDS)
def test_another_movement_does_not_answer(kind: StepKind, done: StepKind) -> None:
    assert answer_of(step(kind), track(DONE[done])).answered == (kind is done)


@pytest.mark.parametrize("kind", KINDS)
def test_a_head_that_does_everything_answers_nothing(kind: StepKind) -> None:
    shaking = all_of(DONE[kind], between(3700, 3950, yaw=35.0), between(3950, 4200, yaw=-35.0))
    assert not answer_of(step(kind), track(shaking)).answered


def test_a_head_held_aside_throughout_turns_nowhere() -> None:
    assert not answer_of(step(StepKind.TURN_LEFT), track(between(0, 7000, yaw=-30.0))).answered


def test_a_single_sample_is_a_slip_and_no_turn() -> None:
    assert not answer_of(step(StepKind.TURN_LEFT), track(between(3000, 3060, yaw=-40.0))).answered


def test_the_way_back_from_the_last_step_is_not_held_against_anybody() -> None:
    returning = all_of(between(1500, 2400, yaw=-30.0), DONE[StepKind.TURN_RIGHT])
    assert answer_of(step(StepKind.TURN_RIGHT), track(returning)).answered


@pytest.mark.parametrize(
    "change",
    [
        between(2800, 3000, eyes_closed=0.99, eye_openness=0.15),
        between(2600, 3900, eyes_closed=0.99, eye_openness=0.15),
        all_of(between(2800, 3000, eyes_closed=0.99), between(3500, 3700, eyes_closed=0.99)),
        all_of(between(2800, 3000, eye_openness=0.15), between(3500, 3700, eye_openness=0.15)),
    ],
    ids=["one blink", "closed for long", "glare on glasses", "narrowed eyes"],
)
def test_what_is_not_two_blinks_does_not_answer(change: Change) -> None:
    assert not answer_of(step(StepKind.BLINK_TWICE), track(change)).answered


@pytest.mark.parametrize(
    ("speech", "answered"), [((), False), (((2500, 2700),), False), (((0, 1900),), False), (((2500, 3900),), True)]
)
def test_digits_are_answered_by_speech_in_the_window(speech: tuple[tuple[int, int], ...], answered: bool) -> None:
    asked = Step(StepKind.SAY_DIGITS, START, END, "4071")
    assert answer_of(asked, track(), speech).answered == answered


@pytest.mark.parametrize("kind", StepKind)
def test_nobody_answers_nothing(kind: StepKind) -> None:
    asked = Step(kind, START, END, "1" if kind is StepKind.SAY_DIGITS else "")
    assert answer_of(asked, track(lambda at, face: None), ((2100, 4000),)) == Answer(asked, answered=False)
    assert answer_of(asked, Track(())) == Answer(asked, answered=False)


def answers(*given: bool) -> list[Answer]:
    return [Answer(step(StepKind.LOOK_UP), answered=one) for one in given]


@pytest.mark.parametrize(
    ("given", "band", "reasons"),
    [
        ((True, True, True), Band.PASS, ()),
        ((True, False, True), Band.AMBIGUOUS, (Reason.CHALLENGE_PARTLY_ANSWERED,)),
        ((False, False, True), Band.FAIL, (Reason.CHALLENGE_NOT_ANSWERED,)),
        ((False, False, False), Band.FAIL, (Reason.CHALLENGE_NOT_ANSWERED,)),
        ((), Band.AMBIGUOUS, (Reason.NOTHING_TO_MEASURE,)),
    ],
)
def test_only_a_challenge_answered_in_full_passes(
    given: tuple[bool, ...], band: Band, reasons: tuple[Reason, ...]
) -> None:
    result = challenge(answers(*given), BANDS)
    assert (result.band, result.reasons) == (band, reasons)
