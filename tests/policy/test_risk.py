"""Risk moves when a case is due, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.checks.reasons import Reason
from verification.policy.risk import RISKY, due_after, is_risky

NOT_RISKY = {
    "poor pictures": {
        Reason.NO_FACE,
        Reason.MORE_THAN_ONE_FACE,
        Reason.DETECTION_WEAK,
        Reason.FACE_TOO_SMALL,
        Reason.TOO_DARK,
        Reason.TOO_BRIGHT,
        Reason.BLURRED,
        Reason.HEAD_TURNED,
        Reason.FACE_LEFT_THE_PICTURE,
    },
    "unclear": {Reason.LIVENESS_UNCLEAR, Reason.MATCH_UNCLEAR},
    "a challenge is hard": {
        Reason.CHALLENGE_NOT_ANSWERED,
        Reason.CHALLENGE_PARTLY_ANSWERED,
        Reason.VOICE_NO_SPEECH,
        Reason.VOICE_DIGITS_DIFFER,
    },
    "a busy telephone": {Reason.RECORDING_HAS_GAPS, Reason.RECORDING_TOO_SHORT},
    "nobody's suspicion": {Reason.CAPTURE_NOT_OURS},
    "may need help": {
        Reason.WELFARE_NO_RESPONSE,
        Reason.WELFARE_EYES_CLOSED,
        Reason.WELFARE_NO_MOTION,
        Reason.WELFARE_VOICE_WITHOUT_LIPS,
    },
    "our own faults": {
        Reason.NOTHING_TO_MEASURE,
        Reason.CHECK_MISSING,
        Reason.CHECK_ERROR,
        Reason.CHECK_TIMED_OUT,
    },
}


def test_every_reason_is_either_a_sign_of_an_attack_or_has_a_reason_why_not() -> None:
    assert set().union(RISKY, *NOT_RISKY.values()) == set(Reason)
    assert sum(map(len, NOT_RISKY.values())) + len(RISKY) == len(Reason)


@pytest.mark.parametrize("reason", sorted(RISKY))
def test_one_sign_among_others_is_enough(reason: Reason) -> None:
    assert is_risky(["blurred", reason.value])


@given(st.lists(st.sampled_from(sorted(set(Reason) - RISKY)) | st.just("a_code_of_a_later_version")))
def test_without_a_sign_a_case_is_not_risky(reasons: list[str]) -> None:
    assert not is_risky(reasons)


@pytest.mark.parametrize("minutes", [1, 45, 240])
def test_a_risky_case_is_due_in_half_the_time(minutes: int) -> None:
    assert due_after(minutes, risky=False) == timedelta(minutes=minutes)
    assert due_after(minutes, risky=True) == timedelta(seconds=30 * minutes)
