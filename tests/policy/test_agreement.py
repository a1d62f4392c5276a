"""Error rates with bounds, and agreement beyond chance, against examples worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verification.checks.evaluation.rates import Rate
from verification.policy.agreement import NOT_ENOUGH, Z, ac1, kappa, wilson


def test_wilson_against_numbers_worked_by_hand() -> None:
    # 1 of 10: (0.1 + z²/20 ± z √(0.009 + z²/400)) / (1 + z²/10).
    bounds = wilson(1, 10)
    assert bounds is not None
    z2 = Z * Z
    half = Z * (0.009 + z2 / 400) ** 0.5
    assert (bounds.low, bounds.high) == pytest.approx(
        ((0.1 + z2 / 20 - half) / (1 + z2 / 10), (0.1 + z2 / 20 + half) / (1 + z2 / 10))
    )
    assert (bounds.value, round(bounds.low, 4), round(bounds.high, 4)) == (0.1, 0.0179, 0.4042)


@pytest.mark.parametrize(("errors", "trials", "low", "high"), [(0, 5, 0.0, 0.4345), (5, 5, 0.5655, 1.0)])
def test_bounds_never_leave_nought_and_one(errors: int, trials: int, low: float, high: float) -> None:
    bounds = wilson(errors, trials)
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((low, high), abs=1e-4)


def test_without_trials_there_is_no_rate() -> None:
    assert wilson(0, 0) is None


def test_why_fifty_three_are_enough() -> None:
    bounds = wilson(0, NOT_ENOUGH)
    assert bounds is not None
    assert Rate(0, NOT_ENOUGH).upper95 == pytest.approx(0.055, abs=5e-4)
    assert bounds.high == pytest.approx(0.0676, abs=5e-5)
    assert bounds.high < 0.14 / 2


def test_kappa_of_two_raters_who_agree_on_35_of_50() -> None:
    # Yes/yes 20, yes/no 5, no/yes 10, no/no 15: a = 7/10, e = 1/2 · 3/5 + 1/2 · 2/5 = 1/2, so κ = 2/5.
    found = kappa({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})
    assert found is not None
    assert found.value == pytest.approx(float(Fraction(2, 5)))
    half = Z * (Fraction(7, 10) * Fraction(3, 10) / 50) ** 0.5 / 0.5
    assert (found.low, found.high) == pytest.approx((0.4 - half, 0.4 + half))


def test_ac1_keeps_its_meaning_where_nearly_all_say_the_same() -> None:
    # 118 + 0 of 125 agree: a = 0.944. Shares of yes: (123 + 120) / 250 = 0.972, so e = 2 · 0.972 · 0.028 = 0.054432.
    pairs = {("y", "y"): 118, ("y", "n"): 5, ("n", "y"): 2}
    first, second = ac1(pairs, 2), kappa(pairs)
    assert first is not None
    assert second is not None
    assert first.value == pytest.approx((0.944 - 0.054432) / (1 - 0.054432))
    assert second.value < 0 < 0.9 < first.value


def test_three_answers_leave_less_to_chance() -> None:
    pairs = {("same", "same"): 8, ("same", "different"): 2}
    two, three = ac1(pairs, 2), ac1(pairs, 3)
    assert two is not None
    assert three is not None
    assert three.value > two.value


def test_no_pairs_no_agreement() -> None:
    assert kappa({}) is None
    assert ac1({}, 3) is None


def test_kappa_says_nothing_where_chance_alone_agrees_always() -> None:
    assert kappa({("y", "y"): 9}) is None
    perfect = ac1({("y", "y"): 9}, 3)
    assert perfect is not None
    assert perfect.value == 1
