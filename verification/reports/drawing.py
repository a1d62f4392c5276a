"""Charts as SVG, by Vega-Lite, without a browser. The only file that knows the library.

What comes out is one drawing for paper and page: paper takes it as it is; `inline` makes it fit for a page whose policy
allows no style of its own, by leaving only known elements and attributes and turning its colours into classes, which
the style sheet paints for a light or a dark screen.
"""

from __future__ import annotations

import json
import math
import unicodedata
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from .document import Chart, Shape
from .values import Kind

WIDTH, HEIGHT = 640, 190
"""Of the plot on paper, in pixels."""
WIDE = 1040
"""How wide the plot is on a page, so that its letters come out about as large as those around it."""
# What words are set in on paper; the page sets them in its own font.
FONT = "Noto Sans SC"
# What plain Latin letters are measured in: the library knows it ten times as quickly, and it is the wider of the two.
_QUICK = "sans-serif"
# Colours for paper, in order. They differ in lightness too, so that they differ in grey; lines also differ in dashes.
SERIES = ("#17607c", "#c98a1b", "#818b95", "#a8231c", "#5b4b8a", "#25663c")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
INK, RULE = "#454e57", "#dce1e5"
_CLASSES = {colour: str(number) for number, colour in enumerate(SERIES)} | {INK: "ink", RULE: "rule"}
_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset({"svg", "g", "path", "line", "rect", "circle", "text"})
_ATTRIBUTES = frozenset(
    {
        "cx", "cy", "d", "fill-opacity", "font-size", "font-weight", "height", "opacity", "r", "stroke-dasharray",
        "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor", "transform", "viewBox", "width", "x",
        "x1", "x2", "y", "y1", "y2",
    }
)  # fmt: skip
# Up to here each whole number has a line of its own.
_FEW = 4
_FORMATS = {Kind.SHARE: ".0%", Kind.DECIMAL: ".2f", Kind.COUNT: ",d", Kind.SECONDS: ",.0f"}


def drawn(chart: Chart, width: int = WIDTH) -> str:
    """The chart as an SVG document."""
    spec = _spec(chart, width)
    if json.dumps(spec, ensure_ascii=False).isascii():
        spec["config"]["font"] = _QUICK
    svg = str(_library().vegalite_to_svg(json.dumps(spec), vl_version="6.1"))
    return svg.replace(f'font-family="{_QUICK}"', f'font-family="{FONT}"')


@cache
def _library() -> Any:
    """A JavaScript engine and its memory: loaded by the first chart, not by every process.

    It measures words to make room for them, so it must know the letters that paper and page will write them with.
    """
    import pylopdf_fonts_zh_cn
    import vl_convert

    vl_convert.register_font_directory(str(pylopdf_fonts_zh_cn.sans_path().parent))
    return vl_convert


def inline(svg: str, label: str) -> str:
    """The drawing as an element for a page, called `label` for those who do not see it."""
    root = ET.fromstring(svg)  # noqa: S314 - written by `drawn` in this process, without entities
    box = root.get("viewBox", "")
    cleaned = _cleaned(root)
    assert cleaned is not None
    for name in ("width", "height"):
        cleaned.attrib.pop(name, None)
    cleaned.attrib |= {"viewBox": box, "role": "img", "aria-label": label, "class": "drawing", "xmlns": _SVG}
    return ET.tostring(cleaned, encoding="unicode")


def _cleaned(element: ET.Element) -> ET.Element | None:
    name = element.tag.removeprefix(f"{{{_SVG}}}")
    if name not in _ELEMENTS or element.get("display") == "none":
        return None
    made = ET.Element(name, {key: value for key, value in element.attrib.items() if key in _ATTRIBUTES})
    made.text = element.text if name == "text" else None
    classes = [
        f"{paint}-{_CLASSES[colour]}"
        for paint in ("fill", "stroke")
        if (colour := element.get(paint, "").lower()) in _CLASSES
    ]
    if classes:
        made.set("class", " ".join(classes))
    made.attrib |= {paint: "none" for paint in ("fill", "stroke") if element.get(paint) in {"none", "transparent"}}
    made.extend(child for one in element if (child := _cleaned(one)) is not None)
    return made


def _spec(chart: Chart, width: int) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": HEIGHT,
        "autosize": {"type": "pad", "contains": "padding"},
        # A page's own font can be wider than what the library measures with, so names of series need some air.
        "padding": {"left": 5, "top": 5, "right": 24 if len(chart.series) > 1 else 5, "bottom": 5},
        "data": {"values": list(_values(chart))},
        "layer": [*_layers(chart, width), *_marked(chart, width)],
        "config": _config(),
    }


def _values(chart: Chart) -> list[dict[str, Any]]:
    return [
        {"x": label, "y": one.values[place], "s": one.name, "i": number}
        | ({"low": one.low[place], "high": one.high[place]} if one.low else {})
        for number, one in enumerate(chart.series)
        for place, label in enumerate(chart.columns)
        if one.values[place] is not None
    ]


def _layers(chart: Chart, width: int) -> list[dict[str, Any]]:
    base = {"x": _x(chart, width), "y": _y(chart), "color": _colour(chart)}
    if chart.shape in {Shape.BARS, Shape.HISTOGRAM}:
        return [{"mark": {"type": "bar"}, "encoding": base | {"order": {"field": "i"}}}]
    line: dict[str, Any] = {"type": "line", "strokeWidth": 2, "point": chart.shape is Shape.LINES}
    if chart.shape is Shape.STEP:
        line["interpolate"] = "step-after"
    dashes = {"field": "s", "type": "nominal", "sort": None, "scale": _scale(chart, _DASHES)}
    dashes["legend"] = _legend(chart)
    drawn = {"mark": line, "encoding": base | {"strokeDash": dashes}}
    return [*_bands(chart, base), drawn]


def _bands(chart: Chart, base: dict[str, Any]) -> list[dict[str, Any]]:
    """Bounds as a pale band behind their line."""
    return [
        {
            "transform": [{"filter": f"datum.i === {number}"}],
            "mark": {"type": "area", "color": SERIES[number], "opacity": 0.18},
            "encoding": {"x": base["x"], "y": base["y"] | {"field": "low"}, "y2": {"field": "high"}},
        }
        for number, one in enumerate(chart.series)
        if one.low
    ]


def _marked(chart: Chart, width: int) -> list[dict[str, Any]]:
    if chart.mark not in chart.columns:
        return []
    rule = {"type": "rule", "color": SERIES[3], "strokeDash": [4, 3], "strokeWidth": 1.5}
    return [{"data": {"values": [{"x": chart.mark}]}, "mark": rule, "encoding": {"x": _x(chart, width)}}]


def _x(chart: Chart, width: int) -> dict[str, Any]:
    gap = {Shape.BARS: 0.22, Shape.HISTOGRAM: 0.02}.get(chart.shape)
    scale = {"domain": list(chart.columns)} | ({"paddingInner": gap, "paddingOuter": gap / 2} if gap else {})
    axis = {"labelAngle": 0, "labelOverlap": False, "values": _labelled(chart, width), "ticks": False}
    return {"field": "x", "type": "ordinal", "sort": None, "title": chart.x, "axis": axis, "scale": scale}


def _labelled(chart: Chart, width: int) -> list[str]:
    """Every column's label, or every nth where they would run into each other."""
    longest = max((_wide(label) for label in chart.columns), default=0) + 8
    every = max(1, math.ceil(len(chart.columns) * longest / width))
    return list(chart.columns[::every])


def _wide(label: str) -> int:
    """About how wide a label is: a Chinese character takes the room of two letters."""
    return sum(13 if unicodedata.east_asian_width(char) in "WF" else 7 for char in label)


def _y(chart: Chart) -> dict[str, Any]:
    axis: dict[str, Any] = {"format": _FORMATS.get(chart.kind, "~g"), "tickCount": 4, "titleAngle": 0}
    axis |= {"titleAlign": "left", "titleAnchor": "end", "titleX": -36, "titleY": -12, "titleBaseline": "bottom"}
    scale: dict[str, Any] = {"nice": 4, "zero": True}
    if chart.kind is Kind.COUNT and _tallest(chart) <= _FEW:
        # There is no half a case between one and two.
        few = range(max(1, round(_tallest(chart))) + 1)
        axis["values"], scale = list(few), {"domain": [0, few[-1]]}
    return {"field": "y", "type": "quantitative", "title": chart.y, "axis": axis, "scale": scale}


def _tallest(chart: Chart) -> float:
    """The highest point: bars of one column stand on each other."""
    together = sum if chart.shape in {Shape.BARS, Shape.HISTOGRAM} else max
    columns = zip(*(one.values for one in chart.series), strict=True)
    return max((together(value or 0.0 for value in column) for column in columns), default=0.0)


def _colour(chart: Chart) -> dict[str, Any]:
    legend = _legend(chart)
    return {"field": "s", "type": "nominal", "sort": None, "scale": _scale(chart, SERIES), "legend": legend}


def _legend(chart: Chart) -> dict[str, Any] | None:
    """Above the drawing, to the right; a chart of one series needs none."""
    if len(chart.series) < 2:
        return None
    symbol = "stroke" if chart.shape in {Shape.LINES, Shape.STEP} else "square"
    return {
        "orient": "top-right",
        "title": None,
        "direction": "horizontal",
        "offset": -22,
        "symbolType": symbol,
        "columnPadding": 18,
    }


def _scale(chart: Chart, order: Any) -> dict[str, Any]:
    return {"domain": [one.name for one in chart.series], "range": list(order[: len(chart.series)])}


def _config() -> dict[str, Any]:
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {"labelColor": INK, "titleColor": INK, "domainColor": RULE, "gridColor": RULE, "tickColor": RULE}
        | {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "titlePadding": 8},
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "legend": {"labelColor": INK, "labelFontSize": 11, "padding": 0},
        "line": {"color": SERIES[0]},
    }
