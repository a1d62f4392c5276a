"""The geometry of plain bar charts: where each bar stands. Drawing is the template's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 168
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 4, 10, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in the chart's own units, of the series number `series` (from 0)."""

    x: float
    y: float
    width: float
    height: float
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars stacked on columns, a label under some of the columns, and marks on the axis of counts."""

    bars: list[Bar]
    columns: list[Label]
    marks: list[Label]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    base: int = HEIGHT - _BOTTOM


def stacked(labels: Sequence[str], counts: Sequence[Sequence[int]], series: Sequence[str]) -> Chart | None:
    """One column for each label, its `counts` stacked in the order of `series`. None when everything is zero."""
    highest = max((sum(column) for column in counts), default=0)
    if not highest:
        return None
    top = _round_up(highest)
    step = (WIDTH - _LEFT - _RIGHT) / len(labels)
    bars = [
        bar
        for place, (label, column) in enumerate(zip(labels, counts, strict=True))
        for bar in _column(_LEFT + place * step, step, top, label, list(zip(series, column, strict=True)))
    ]
    return Chart(bars, _labels(labels, step), [_mark(value, top) for value in _marks(top)])


def _column(x: float, step: float, top: int, label: str, parts: list[tuple[str, int]]) -> list[Bar]:
    gap = min(step * 0.24, 16)
    bars, below = [], 0
    for number, (name, value) in enumerate(parts):
        if value:
            height = _tall(value, top)
            y = HEIGHT - _BOTTOM - _tall(below, top) - height
            title = f"{label}: {value:,} {name}"
            bars.append(Bar(round(x + gap / 2, 2), round(y, 2), round(step - gap, 2), round(height, 2), number, title))
        below += value
    return bars


def _tall(value: int, top: int) -> float:
    return value / top * (HEIGHT - _TOP - _BOTTOM)


def _mark(value: int, top: int) -> Label:
    return Label(_LEFT - 8, round(HEIGHT - _BOTTOM - _tall(value, top), 2), f"{value:,}")


def _marks(top: int) -> list[int]:
    """Zero, the half where it is a whole number, and the top."""
    return [0, top // 2, top] if top % 2 == 0 else [0, top]


def _labels(labels: Sequence[str], step: float) -> list[Label]:
    """Every label, or every nth when they would run into each other (about 76 units for each)."""
    every = math.ceil(76 / step)
    return [
        Label(round(_LEFT + (place + 0.5) * step, 2), HEIGHT - 7, label)
        for place, label in enumerate(labels)
        if place % every == 0
    ]


def _round_up(highest: int) -> int:
    """The next of 1, 2, 4, 6, 8, 10 times a power of ten."""
    size = int(10 ** (len(str(highest)) - 1))
    return next(step * size for step in (1, 2, 4, 6, 8, 10) if step * size >= highest)
