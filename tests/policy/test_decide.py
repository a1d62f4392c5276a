"""The decision is total, and nothing passes unless every expected check did."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.run import CHECK_NAMES, not_run
from verification.policy.decide import Decision, Verdict, decide
from verification.policy.thresholds import POLICY

ALL_PASS = tuple(CheckResult(name, Band.PASS, 1.0, "", 0, 1) for name in POLICY.bands)

results = st.builds(
    CheckResult,
    name=st.sampled_from([*POLICY.bands, "astrology"]),
    band=st.sampled_from(Band),
    score=st.none() | st.floats(),
    unit=st.just(""),
    low=st.just(0.0),
    high=st.just(1.0),
    reasons=st.lists(st.sampled_from(Reason), max_size=3).map(tuple),
)


def test_all_checks_passed_is_a_pass() -> None:
    assert decide(ALL_PASS, human_view=True) == Decision(Verdict.PASS)
    assert decide(ALL_PASS, human_view=False) == Decision(Verdict.PASS)


@given(st.lists(results, max_size=12), st.booleans())
def test_any_results_give_a_decision_and_a_pass_needs_them_all(found: list[CheckResult], human_view: bool) -> None:
    decision = decide(found, human_view=human_view)
    passed = sorted(result.name for result in found) == sorted(POLICY.bands)
    passed = passed and all(result.band is Band.PASS for result in found)
    assert (decision.verdict is Verdict.PASS) == passed
    assert bool(decision.reasons) != passed


@given(st.integers(0, len(ALL_PASS) - 1), st.sampled_from([Band.AMBIGUOUS, Band.FAIL, Band.ERROR]))
def test_one_check_that_did_not_pass_is_enough(position: int, band: Band) -> None:
    spoilt = list(ALL_PASS)
    spoilt[position] = replace(spoilt[position], band=band, reasons=(Reason.BLURRED,))
    assert decide(spoilt, human_view=True) == Decision(Verdict.TO_PERSON, (Reason.BLURRED,))


@pytest.mark.parametrize("position", range(len(ALL_PASS)))
def test_one_missing_check_is_enough(position: int) -> None:
    rest = ALL_PASS[:position] + ALL_PASS[position + 1 :]
    assert decide(rest, human_view=True) == Decision(Verdict.TO_PERSON, (Reason.CHECK_MISSING,))


def test_a_check_that_comes_twice_is_our_fault() -> None:
    assert decide((*ALL_PASS, ALL_PASS[0]), human_view=True) == Decision(Verdict.TO_PERSON, (Reason.CHECK_ERROR,))


def test_a_check_that_nobody_expects_is_our_fault() -> None:
    extra = replace(ALL_PASS[0], name="astrology")
    assert decide((*ALL_PASS, extra), human_view=True).verdict is Verdict.TO_PERSON


def test_without_leave_to_look_an_unclear_case_stays_unresolved() -> None:
    assert decide(not_run(), human_view=False) == Decision(Verdict.UNRESOLVED, (Reason.CHECK_ERROR,))


def test_the_policy_expects_exactly_the_checks_that_run() -> None:
    assert tuple(POLICY.bands) == CHECK_NAMES
