"""A chart becomes a drawing that a page with the strictest policy can hold, whatever its texts say."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from verification.reports.document import Chart, Series, Shape
from verification.reports.drawing import WIDE, WIDTH, drawn, inline
from verification.reports.values import Kind

HOSTILE = '</text><script>alert(1)</script>" onload="x'


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - drawn by the code under test


def a_chart(shape: Shape = Shape.BARS, name: str = "cases", mark: str = "") -> Chart:
    days = tuple(f"11-{day:02}" for day in range(1, 31))
    bounds = {"low": (0.5,) * 30, "high": (2.5,) * 30} if shape is Shape.LINES else {}
    series = (Series(name, tuple(range(30)), **bounds), Series("others", (1,) * 30))
    return Chart("How many?", shape, "day", "cases", days, series, Kind.COUNT, mark)


@pytest.mark.parametrize("shape", Shape)
def test_every_shape_is_drawn_with_its_axes_named(shape: Shape) -> None:
    svg = inline(drawn(a_chart(shape)), "How many?")
    texts = [one.text for one in read(svg).iter() if one.tag.endswith("text")]
    assert {"day", "cases", "others"} <= set(texts)


@pytest.mark.parametrize("shape", Shape)
def test_a_drawing_on_a_page_holds_no_style_no_script_and_no_colour_of_its_own(shape: Shape) -> None:
    svg = inline(drawn(a_chart(shape, HOSTILE)), HOSTILE)
    root = read(svg)
    assert {one.tag.split("}")[-1] for one in root.iter()} <= {"svg", "g", "path", "line", "rect", "circle", "text"}
    assert not re.search(r'style=|<script|onload=|="#|href|url\(', svg.replace("&quot; onload=", ""))
    assert root.attrib["aria-label"] == HOSTILE


def test_every_visible_line_and_bar_is_painted_by_the_style_sheet() -> None:
    root = read(inline(drawn(a_chart(mark="11-20")), "How many?"))
    lines = [one for one in root.iter() if one.tag.endswith("line")]
    assert lines
    assert all("stroke-" in one.get("class", "") for one in lines)
    assert any("stroke-3" in one.get("class", "") for one in lines)
    assert {"fill-0", "fill-1"} <= {one.get("class") for one in root.iter() if one.tag.endswith("path")}


def test_nothing_to_draw_is_known_before_it_is_drawn() -> None:
    empty = Chart("?", Shape.BARS, "day", "cases", ("a", "b"), (Series("x", (0, None)),))
    assert empty.nothing
    assert not a_chart().nothing


def test_a_series_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="has not a value for each column"):
        Chart("?", Shape.BARS, "day", "cases", ("a", "b"), (Series("x", (0,)),))


def test_the_names_of_series_have_room_for_chinese_letters() -> None:
    names = ("机器结案", "人工结案", "没有结论")
    chart = Chart("?", Shape.BARS, "日期", "案件数", ("1", "2"), tuple(Series(name, (1, 2)) for name in names))
    legend = re.search(r'role-legend".*?d="M0,0h(\d+)', drawn(chart))
    assert legend is not None
    # Four letters of eleven pixels each, and a square before them.
    assert int(legend[1]) >= 3 * (4 * 11 + 12)


def test_a_few_cases_are_never_counted_in_halves() -> None:
    svg = drawn(Chart("?", Shape.BARS, "day", "cases", ("1", "2"), (Series("a", (1, 0)), Series("b", (1, 1)))))
    texts = [one.text or "" for one in read(svg).iter() if one.tag.endswith("}text")]
    assert sorted(texts) == ["0", "1", "1", "2", "2", "a", "b", "cases", "day"]


def test_a_drawing_for_a_page_is_wider_than_one_for_paper_and_has_more_labels() -> None:
    days = tuple(f"2026-11-{day:02}" for day in range(1, 31))
    chart = Chart("?", Shape.BARS, "day", "cases", days, (Series("a", (1,) * 30),))
    on_paper, on_page = (drawn(chart, width).count(">2026-11-") for width in (WIDTH, WIDE))
    assert 5 <= on_paper < on_page
