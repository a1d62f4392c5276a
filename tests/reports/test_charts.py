"""Bars stand on the base line, stack without overlap, and never leave the chart."""

from __future__ import annotations

import itertools

from verification.reports.charts import HEIGHT, WIDTH, stacked


def test_nothing_to_draw_is_no_chart() -> None:
    assert stacked(["a", "b"], [(0, 0), (0, 0)], ("x", "y")) is None
    assert stacked([], [], ("x",)) is None


def test_heights_are_in_proportion_and_stacked() -> None:
    chart = stacked(["a"], [(6, 2)], ("x", "y"))
    assert chart is not None
    below, above = chart.bars
    assert abs(below.height - 3 * above.height) < 0.05
    assert abs(below.y + below.height - chart.base) < 0.05
    assert abs(above.y + above.height - below.y) < 0.05
    assert (below.title, above.title) == ("a: 6 x", "a: 2 y")


def test_a_year_of_columns_stays_inside_and_its_labels_do_not_touch() -> None:
    chart = stacked([f"{day}" for day in range(366)], [(day * 37,) for day in range(366)], ("x",))
    assert chart is not None
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH and bar.y >= 0 and bar.width > 0 for bar in chart.bars)
    places = [label.x for label in chart.columns]
    assert all(right - left >= 70 for left, right in itertools.pairwise(places))
    assert all(label.y <= HEIGHT for label in chart.columns)
