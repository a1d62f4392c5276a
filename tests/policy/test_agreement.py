"""Error rates with bounds, and agreement beyond chance, against published examples and numbers worked by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.checks.evaluation.rates import Rate
from verification.policy.agreement import NOT_ENOUGH, Bounded, Pairs, Z, ac1, kappa, wilson

ANSWERS = ("same", "different", "cannot_tell")
PAIRS = st.dictionaries(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS)), st.integers(0, 40))


def table(*rows: tuple[int, ...]) -> Pairs:
    """The first rater's answers down, the second's across."""
    return {(str(down), str(across)): count for down, row in enumerate(rows) for across, count in enumerate(row)}


# Two dermatologists on a skin condition: the example of SAS/STAT's FREQ procedure.
DERMATOLOGISTS = table((10, 4, 1, 0), (5, 10, 12, 2), (2, 4, 12, 5), (0, 2, 6, 13))
# Two abstractors on pregnancies: the example of Gwet's R package irrCAC.
ABSTRACTORS = table((13, 0, 0), (0, 20, 7), (0, 4, 56))
# 35 of 50 agree; nearly all say the same.
GRANTS, ALIKE = table((20, 5), (10, 15)), table((118, 5), (2, 0))


def error_of(found: Bounded | None) -> float:
    """The standard error that the bounds were made with."""
    assert found is not None
    return (found.high - found.low) / (2 * Z)


@pytest.mark.parametrize(
    ("errors", "trials", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_bounds(errors: int, trials: int, low: float, high: float) -> None:
    bounds = wilson(errors, trials)
    assert bounds is not None
    assert bounds.value == errors / trials
    assert (bounds.low, bounds.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_bounds_are_the_rates_at_which_the_sample_is_just_not_surprising(errors: int, others: int) -> None:
    bounds = wilson(errors, errors + others)
    if bounds is None:
        assert errors + others == 0
        return
    assert 0 <= bounds.low <= bounds.value <= bounds.high <= 1
    for rate in {bounds.low, bounds.high} - {0.0, 1.0}:
        distance = abs(bounds.value - rate) / sqrt(rate * (1 - rate) / (errors + others))
        assert distance == pytest.approx(Z, rel=1e-6)


@pytest.mark.parametrize(("errors", "low", "high"), [(0, 0.0, 0.4345), (5, 0.5655, 1.0)])
def test_bounds_never_leave_nought_and_one(errors: int, low: float, high: float) -> None:
    bounds = wilson(errors, 5)
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((low, high), abs=1e-4)
    assert low in (bounds.low, 0.5655)
    assert high in (bounds.high, 0.4345)


def test_without_trials_there_is_no_rate() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("errors", "trials"), [(2, 1), (-1, 5), (1, 0)])
def test_impossible_counts_are_refused(errors: int, trials: int) -> None:
    with pytest.raises(ValueError, match="errors"):
        wilson(errors, trials)


def _wilson_upper(trials: int) -> float:
    bounds = wilson(0, trials)
    assert bounds is not None
    return bounds.high


@pytest.mark.parametrize(
    ("upper", "least", "at_53"),
    [
        (lambda trials: Rate(0, trials).upper95, 42, 0.0550),
        (lambda trials: 1 - 0.025 ** (1 / trials), 51, 0.0672),
        (_wilson_upper, 52, 0.0676),
        (lambda trials: log(40) / trials, 53, 0.0696),
    ],
    ids=["exact one-sided", "exact two-sided", "Wilson", "rare errors"],
)
def test_why_fifty_three_are_enough_by_each_upper_bound(upper: object, least: int, at_53: float) -> None:
    assert callable(upper)
    assert upper(least - 1) >= 0.07 > upper(least)
    assert least <= NOT_ENOUGH
    assert upper(NOT_ENOUGH) == pytest.approx(at_53, abs=5e-5)


def test_one_error_among_fifty_three_may_still_be_one_in_ten() -> None:
    bounds = wilson(1, NOT_ENOUGH)
    assert bounds is not None
    assert bounds.high == pytest.approx(0.099, abs=5e-4)


def test_kappa_gives_what_is_published_for_two_dermatologists() -> None:
    found = kappa(DERMATOLOGISTS)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.3449, 0.2030, 0.4868), abs=5e-5)
    assert error_of(found) == pytest.approx(0.0724, abs=5e-5)


def test_kappa_and_ac1_give_what_is_published_for_two_abstractors() -> None:
    found, first = kappa(ABSTRACTORS), ac1(ABSTRACTORS, 3)
    assert found is not None
    assert first is not None
    assert found.value == pytest.approx(0.7964094, abs=5e-8)
    assert error_of(found) == pytest.approx(0.05891072, abs=5e-9)
    assert first.value == pytest.approx(0.8493305, abs=5e-8)
    assert error_of(first) == pytest.approx(0.04321747, abs=5e-9)


def test_kappa_of_two_raters_who_agree_on_35_of_50() -> None:
    # a = 7/10, e = 1/2 · 3/5 + 1/2 · 2/5 = 1/2, so κ = 2/5. Each cell pulls with [agrees] - 3/5 · (c + r):
    pull = {Fraction(34, 100): 20, Fraction(-66, 100): 5, Fraction(-54, 100): 10, Fraction(46, 100): 15}
    mean = sum(value * count for value, count in pull.items()) / 50
    variance = sum((value - mean) ** 2 * count for value, count in pull.items()) / 50
    assert (mean, variance) == (Fraction(1, 10), Fraction(2016, 10_000))
    found = kappa(GRANTS)
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert error_of(found) == pytest.approx(float(variance / 50) ** 0.5 / 0.5)


def test_ac1_keeps_its_meaning_where_nearly_all_say_the_same() -> None:
    # 118 of 125 agree: a = 0.944. Shares of yes: (123 + 120) / 250 = 0.972, so e = 2 · 0.972 · 0.028 = 0.054432.
    first, second = ac1(ALIKE, 2), kappa(ALIKE)
    assert first is not None
    assert second is not None
    assert first.value == pytest.approx((0.944 - 0.054432) / (1 - 0.054432))
    # e of κ is (123 · 120 + 2 · 5) / 125² = 0.94528, above a.
    assert second.value == pytest.approx((0.944 - 0.94528) / (1 - 0.94528))
    assert second.value < 0 < 0.9 < first.value


def error_of_kappa(pairs: Pairs) -> float:
    """As Fleiss, Cohen and Everitt print it, in exact fractions up to the root."""
    n, p, names = _exact(pairs)
    r = {one: sum((p[one, other] for other in names), Fraction()) for one in names}
    c = {one: sum((p[other, one] for other in names), Fraction()) for one in names}
    a, e = sum(p[one, one] for one in names), sum(r[one] * c[one] for one in names)
    k = (a - e) / (1 - e)
    on = sum(p[one, one] * (1 - (r[one] + c[one]) * (1 - k)) ** 2 for one in names)
    off = sum(p[one, other] * (c[one] + r[other]) ** 2 for one, other in product(names, names) if one != other)
    return sqrt((on + (1 - k) ** 2 * off - (k - e * (1 - k)) ** 2) / n) / float(1 - e)


def error_of_ac1(pairs: Pairs, q: int) -> float:
    """As Gwet prints it, without the correction for a finite population, in exact fractions up to the root."""
    n, p, names = _exact(pairs)
    m = {one: sum((p[one, other] + p[other, one] for other in names), Fraction()) / 2 for one in names}
    a, e = sum(p[one, one] for one in names), sum(m[one] * (1 - m[one]) for one in names) / (q - 1)
    g = (a - e) / (1 - e)
    on = sum(p[one, one] * (1 - m[one]) for one in names) / (q - 1) - a * e
    every = sum(p[one, other] * (1 - (m[one] + m[other]) / 2) ** 2 for one, other in product(names, names))
    return sqrt((a * (1 - a) - 4 * (1 - g) * on + 4 * (1 - g) ** 2 * (every / (q - 1) ** 2 - e**2)) / n) / float(1 - e)


def _exact(pairs: Pairs) -> tuple[int, dict[tuple[str, str], Fraction], list[str]]:
    n, names = sum(pairs.values()), sorted({answer for pair in pairs for answer in pair})
    return n, {(one, other): Fraction(pairs.get((one, other), 0), n) for one, other in product(names, names)}, names


@pytest.mark.parametrize("pairs", [DERMATOLOGISTS, ABSTRACTORS, GRANTS, ALIKE, table((5, 13), (14, 2))])
def test_the_errors_are_those_of_the_printed_formulas(pairs: Pairs) -> None:
    assert error_of(kappa(pairs)) == pytest.approx(error_of_kappa(pairs))
    for categories in (4, 5):
        assert error_of(ac1(pairs, categories)) == pytest.approx(error_of_ac1(pairs, categories))


@given(PAIRS)
def test_bounds_hold_the_value_and_it_matters_not_who_is_called_first(pairs: Pairs) -> None:
    turned = {(other, one): count for (one, other), count in pairs.items()}
    for found, back in ((kappa(pairs), kappa(turned)), (ac1(pairs, 3), ac1(turned, 3))):
        if found is None or back is None:
            assert found is back
            continue
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert (found.value, found.low, found.high) == pytest.approx((back.value, back.low, back.high))


@given(PAIRS)
def test_an_answer_that_nobody_gave_changes_nothing(pairs: Pairs) -> None:
    padded = {pair: pairs.get(pair, 0) for pair in product(ANSWERS, ANSWERS)}
    bare = {pair: count for pair, count in padded.items() if count}
    assert (kappa(padded), ac1(padded, 3)) == (kappa(bare), ac1(bare, 3))


def test_three_answers_leave_less_to_chance() -> None:
    pairs = {("same", "same"): 8, ("same", "different"): 2}
    two, three = ac1(pairs, 2), ac1(pairs, 3)
    assert two is not None
    assert three is not None
    assert three.value > two.value


def test_no_pairs_no_agreement() -> None:
    for none in ({}, {("same", "same"): 0}):
        assert kappa(none) is None
        assert ac1(none, 3) is None


def test_kappa_says_nothing_where_chance_alone_agrees_always() -> None:
    assert kappa({("y", "y"): 9}) is None


def test_kappa_says_nothing_where_one_of_two_never_changed_their_answer() -> None:
    # a = e = 3/4 whatever the other says: κ would be nought, and its large-sample error too.
    assert kappa({("y", "y"): 9, ("y", "n"): 3}) is None
    assert kappa({("y", "n"): 9}) is None


def test_few_pairs_that_all_agree_prove_little() -> None:
    # Wilson's lower bound for 9 of 9 is 9 / (9 + z²) = 0.7009; chance makes none agree in AC1, and 41/81 in κ.
    first, second = ac1({("y", "y"): 9}, 3), kappa({("y", "y"): 5, ("n", "n"): 4})
    assert first is not None
    assert second is not None
    assert (first.value, first.high) == (second.value, second.high) == (1, 1)
    assert first.low == pytest.approx(0.7009, abs=5e-5)
    assert second.low == pytest.approx((0.7009 - 41 / 81) / (40 / 81), abs=5e-4)


@pytest.mark.parametrize("categories", [0, 1, 2])
def test_fewer_categories_than_were_given_are_refused(categories: int) -> None:
    with pytest.raises(ValueError, match="categories"):
        ac1(table((1, 0, 0), (0, 1, 0), (0, 0, 1)), categories)


def test_a_count_below_nought_is_refused() -> None:
    for measure in (kappa, lambda pairs: ac1(pairs, 2)):
        with pytest.raises(ValueError, match="nought"):
            measure({("y", "y"): -1})
