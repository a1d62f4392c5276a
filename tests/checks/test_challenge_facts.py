"""What was asked is held to its shape before anything is measured."""

from __future__ import annotations

import pytest

from verification.checks.challenge_facts import ChallengeFacts, Step, StepKind, steps_from


def test_kept_steps_are_read_back() -> None:
    kept = [
        {"step": "turn_left", "from_ms": 0, "to_ms": 2000},
        {"step": "say_digits", "from_ms": 2000, "to_ms": 4500, "digits": "4071"},
    ]
    assert steps_from(kept) == (Step(StepKind.TURN_LEFT, 0, 2000), Step(StepKind.SAY_DIGITS, 2000, 4500, "4071"))


@pytest.mark.parametrize(
    ("kind", "start", "end", "digits"),
    [
        (StepKind.TURN_LEFT, 100, 100, ""),
        (StepKind.TURN_LEFT, -1, 100, ""),
        (StepKind.TURN_LEFT, 0, 100, "1234"),
        (StepKind.SAY_DIGITS, 0, 100, ""),
        (StepKind.SAY_DIGITS, 0, 100, "12a4"),
        (StepKind.SAY_DIGITS, 0, 100, "١٢٣٤"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(kind: StepKind, start: int, end: int, digits: str) -> None:
    with pytest.raises(ValueError, match=r"window|digits"):
        Step(kind, start, end, digits)


def test_a_step_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="stand_on_head"):
        steps_from([{"step": "stand_on_head", "from_ms": 0, "to_ms": 1}])


def test_windows_are_on_the_clock_of_the_clip() -> None:
    facts = ChallengeFacts(
        (Step(StepKind.TURN_LEFT, 0, 300), Step(StepKind.LOOK_UP, 300, 2000)), recorder_started_ms=400
    )
    assert facts.windows() == (Step(StepKind.TURN_LEFT, 0, 1), Step(StepKind.LOOK_UP, 0, 1600))
