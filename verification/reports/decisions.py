"""Decisions: how cases ended, how long it took, and how good the judgement was."""

from __future__ import annotations

from . import cases
from .document import Chart, Content, Part, Section, Sentence, Series, Shape, Tile, Tiles
from .values import Kind
from .window import Window
from .words import Words


def build(window: Window, words: Words) -> Content:
    moves = cases.moves(window)
    ends = cases.ends(moves)
    return Content(
        lead=(_closed(ends, words),),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(ends, words),)),
            Section("by-day", words("decisions.by_day"), (_by_day(cases.ends_by_day(window, moves), words),)),
        ),
    )


def _closed(ends: cases.Ends, words: Words) -> Sentence:
    return Sentence(
        words("decisions.closed", n=ends.by_machine, people=ends.by_people, unresolved=ends.unresolved), "plain"
    )


def _tiles(ends: cases.Ends, words: Words) -> Part:
    return Tiles(
        (
            Tile(words("decisions.by_machine"), ends.by_machine, note=words("decisions.no_human_look")),
            Tile(words("decisions.by_people"), ends.by_people),
            Tile(words("decisions.unresolved"), ends.unresolved),
            Tile(words("decisions.share"), ends.share_to_people, Kind.SHARE),
        )
    )


def _by_day(days: list[cases.Day], words: Words) -> Part:
    series = (
        Series(words("decisions.by_machine"), tuple(day.by_machine for day in days)),
        Series(words("decisions.by_people"), tuple(day.by_people for day in days)),
        Series(words("decisions.unresolved"), tuple(day.unresolved for day in days)),
    )
    labels = tuple(f"{day.day:%m-%d}" for day in days)
    return Chart(words("decisions.how_ended"), Shape.BARS, words("common.day"), words("common.cases"), labels, series)
