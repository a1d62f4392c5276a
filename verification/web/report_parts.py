"""A report's document as what its page shows: text, links and drawings, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from verification.reports import drawing
from verification.reports.document import Cell, Chart, Document, Entries, Note, Part, Table, Tile, Tiles
from verification.reports.values import Kind
from verification.reports.words import Words


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    note: str
    url: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class ShownRow:
    cells: list[ShownCell]
    tone: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    caption: str
    columns: list[tuple[str, bool]]
    rows: list[ShownRow]
    empty: str
    more: str
    what: str = "table"


@dataclass(frozen=True, slots=True)
class ShownTile:
    label: str
    value: str
    note: str
    to: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownTiles:
    tiles: list[ShownTile]
    what: str = "tiles"


@dataclass(frozen=True, slots=True)
class ShownChart:
    """`figures` is the same as a table, for those who do not see the drawing and for those who want the numbers."""

    question: str
    svg: SafeString | None
    figures: ShownTable
    what: str = "chart"


@dataclass(frozen=True, slots=True)
class ShownNote:
    text: str
    what: str = "note"


Shown = ShownTable | ShownTiles | ShownChart | ShownNote


def sections(document: Document) -> list[dict[str, object]]:
    words = document.words
    return [
        {
            "key": section.key,
            "heading": section.heading,
            "lead": section.lead,
            "parts": [shown(part, words) for part in section.parts],
        }
        for section in document.sections
    ]


def shown(part: Part, words: Words) -> Shown:
    if isinstance(part, Tiles):
        return ShownTiles([_tile(one, words) for one in part.tiles])
    if isinstance(part, Table):
        return _table(part, words)
    if isinstance(part, Chart):
        return _chart(part, words)
    assert isinstance(part, Note)
    return ShownNote(part.text)


def _tile(tile: Tile, words: Words) -> ShownTile:
    return ShownTile(tile.label, words.value(tile.value, tile.kind), tile.note, tile.to, tile.tone)


def _table(table: Table, words: Words) -> ShownTable:
    kinds = [column.kind for column in table.columns]
    return ShownTable(
        table.caption,
        [(column.heading, column.kind.numeric) for column in table.columns],
        [
            ShownRow([_cell(one, kind, words) for one, kind in zip(row.cells, kinds, strict=True)], row.tone)
            for row in table.rows
        ],
        table.empty,
        table.more,
    )


def _cell(cell: Cell, kind: Kind, words: Words) -> ShownCell:
    return ShownCell(words.value(cell.value, kind), cell.note, address(cell.to) if cell.to else "", kind)


def address(entries: Entries) -> str:
    """Where the log shows the entries behind a figure."""
    asked = {
        "event": entries.event,
        "actor": entries.actor,
        "case": entries.case,
        "from": entries.first.isoformat() if entries.first else "",
        "to": entries.last.isoformat() if entries.last else "",
    }
    return f"{reverse('reports-log')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _chart(chart: Chart, words: Words) -> ShownChart:
    svg = None
    if not chart.nothing:
        # Only what `inline` let through: known elements and attributes, every text escaped.
        svg = mark_safe(drawing.inline(drawing.drawn(chart, drawing.WIDE), chart.question))  # noqa: S308
    return ShownChart(chart.question, svg, _figures(chart, words))


def _figures(chart: Chart, words: Words) -> ShownTable:
    rows = []
    for place, label in enumerate(chart.columns):
        cells = [ShownCell(label, "", "", Kind.TEXT)]
        for one in chart.series:
            bounds = ""
            if one.low:
                low, high = (words.value(bound[place], chart.kind) for bound in (one.low, one.high))
                bounds = words("common.bounds", low=low, high=high)
            cells.append(ShownCell(words.value(one.values[place], chart.kind), bounds, "", chart.kind))
        rows.append(ShownRow(cells, "plain"))
    headings = [(chart.x, False), *((one.name, True) for one in chart.series)]
    return ShownTable(chart.question, headings, rows, "", "")
