"""Risk moves when a case is due, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from verification.checks.reasons import Reason
from verification.policy.risk import due_after, is_risky


def test_signs_of_an_attack_are_risky_and_poor_pictures_are_not() -> None:
    assert is_risky(["blurred", Reason.CLIP_SEEN_BEFORE.value])
    assert not is_risky(["blurred", "too_dark", "match_unclear"])
    assert not is_risky([])
    assert not is_risky(["a_code_of_a_later_version"])


def test_a_risky_case_is_due_in_half_the_time() -> None:
    assert due_after(240, risky=False) == timedelta(hours=4)
    assert due_after(240, risky=True) == timedelta(hours=2)
