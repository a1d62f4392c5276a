"""A week is held against the first one that has enough scores, and says nothing where there are too few."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from verification.reports import drift
from verification.reports.drift import Drift

FIRST = date(2026, 1, 5)
WEEK = timedelta(days=7)


def bell(middle: float, cases: int, seed: int = 1) -> dict[float, int]:
    """Scores around a middle, rounded to 0.01."""
    random = Random(seed)  # noqa: S311 - figures to try the arithmetic on
    counts: dict[float, int] = {}
    for _ in range(cases):
        score = round(random.gauss(middle, 0.1), 2)
        counts[score] = counts.get(score, 0) + 1
    return counts


def test_quantiles_are_scores_that_were_seen() -> None:
    counts = {0.1: 5, 0.5: 90, 0.9: 5}
    assert [drift.quantile(counts, share) for share in (0, 0.05, 0.5, 0.95, 1)] == [0.1, 0.1, 0.5, 0.5, 0.9]


def test_there_is_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        drift.quantile({}, 0.5)


def test_equal_shares_have_no_index_and_a_shift_has_one() -> None:
    before = bell(0.6, 5_000)
    assert drift.stability_index(before, before) == 0
    assert drift.stability_index(before, bell(0.6, 5_000, seed=2)) < drift.STEADY
    assert drift.stability_index(before, bell(0.5, 5_000)) > drift.CHANGED


def test_the_index_of_a_week_without_any_score_in_some_part_is_finite() -> None:
    assert 5 < drift.stability_index(bell(0.2, 300), bell(0.8, 300)) < 50


def test_one_score_alone_is_one_part_and_no_drift() -> None:
    assert drift.stability_index({1.0: 300}, {1.0: 400}) == pytest.approx(0, abs=1e-3)


def test_a_score_that_most_have_is_a_part_by_itself() -> None:
    assert drift.stability_index({0.8: 300}, {0.5: 300}) > drift.CHANGED
    assert drift.stability_index({0.0: 280, 1.0: 20}, {0.0: 150, 1.0: 150}) > drift.CHANGED


def test_chance_alone_stays_below_what_is_called_changed() -> None:
    """What `LEAST` is chosen by: of 200 weeks of the least size one at most may look changed."""
    reference = bell(0.6, drift.LEAST)
    indexes = [drift.stability_index(reference, bell(0.6, drift.LEAST, seed)) for seed in range(2, 202)]
    assert sum(index >= drift.CHANGED for index in indexes) <= 1


def test_weeks_are_held_against_the_first_one_with_enough() -> None:
    found = {
        FIRST: bell(0.6, 20),
        FIRST + WEEK: bell(0.6, 1_000),
        FIRST + 2 * WEEK: bell(0.6, 1_000, 3),
        FIRST + 3 * WEEK: bell(0.4, 1_000),
        FIRST + 4 * WEEK: bell(0.4, 20),
    }
    weeks = drift.weeks(found)
    assert [week.drift for week in weeks] == [
        Drift.NOT_ENOUGH, Drift.FIRST, Drift.STEADY, Drift.CHANGED, Drift.NOT_ENOUGH
    ]  # fmt: skip
    assert [week.index is None for week in weeks] == [True, True, False, False, True]


def test_between_steady_and_changed_a_week_is_to_be_watched() -> None:
    assert [drift.judged(index) for index in (None, 0.0, 0.1, 0.25)] == [
        Drift.NOT_ENOUGH, Drift.STEADY, Drift.WATCH, Drift.CHANGED
    ]  # fmt: skip


def test_portions_of_one_week_are_added_up() -> None:
    assert drift.by_week([(FIRST, 0.5, 2), (FIRST, 0.5, 3), (FIRST, 0.6, 1)]) == {FIRST: {0.5: 5, 0.6: 1}}
