"""A score falls into exactly one band, and the worst score speaks for the case."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.checks.bands import Bands
from verification.checks.reasons import Reason
from verification.checks.results import Band
from verification.checks.scales import Scale

EXPOSURE = Bands(fail_below=35, pass_from=55, pass_to=195, fail_above=225)
COSINE = Bands(fail_below=0.28, pass_from=0.4, model="sface")
SCALE = Scale("exposure", "mean grey", 0, 255, Reason.TOO_DARK, Reason.TOO_BRIGHT)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (34.9, Band.FAIL),
        (35, Band.AMBIGUOUS),
        (54.9, Band.AMBIGUOUS),
        (55, Band.PASS),
        (195, Band.PASS),
        (195.1, Band.AMBIGUOUS),
        (225, Band.AMBIGUOUS),
        (225.1, Band.FAIL),
    ],
)
def test_each_edge_belongs_to_the_better_band(score: float, band: Band) -> None:
    assert EXPOSURE.of(score) is band


def test_bands_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in order"):
        Bands(fail_below=0.5, pass_from=0.4)


def test_a_model_that_the_numbers_were_not_made_for_never_passes() -> None:
    assert COSINE.of(0.99, "sface") is Band.PASS
    assert COSINE.of(0.99, "buffalo_l") is Band.AMBIGUOUS
    assert COSINE.of(0.1, "buffalo_l") is Band.FAIL


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_only_scores_inside_the_edges_pass(score: float) -> None:
    assert (EXPOSURE.of(score) is Band.PASS) == (55 <= score <= 195)


def test_the_worst_image_speaks_for_all() -> None:
    result = SCALE.worst([120, 50, 90], EXPOSURE)
    assert (result.score, result.band, result.reasons) == (50, Band.AMBIGUOUS, (Reason.TOO_DARK,))


def test_a_failure_is_worse_than_a_larger_distance() -> None:
    # 34 is 21 away from what passes and fails; 222 is 27 away and is only unclear.
    assert SCALE.worst([222, 34], EXPOSURE).score == 34


def test_too_much_has_its_own_reason() -> None:
    assert SCALE.worst([230], EXPOSURE).reasons == (Reason.TOO_BRIGHT,)


@pytest.mark.parametrize("values", [[], [None], [120, None]])
def test_an_image_without_a_face_never_passes(values: list[float | None]) -> None:
    result = SCALE.worst(values, EXPOSURE)
    assert (result.score, result.band, result.reasons) == (None, Band.AMBIGUOUS, (Reason.NOTHING_TO_MEASURE,))


def test_a_measure_that_is_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a number"):
        SCALE.worst([nan], EXPOSURE)
