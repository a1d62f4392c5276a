"""A report as CSV: every figure of it, one after another, in cells that no spreadsheet takes for a formula.

Each row says the section and the part it belongs to, so that a spreadsheet can filter; values are bare: numbers without
separators, shares from 0 to 1, durations in seconds, moments in ISO 8601 with their offset.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils import timezone

from .cells import cell
from .document import Chart, Document, Note, Part, Section, Sentence, Table, Tiles
from .values import Value


def written(document: Document) -> str:
    """The whole file. Begins with a byte order mark, by which spreadsheets know that it is UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([_cell(value) for value in row] for row in _rows(document))
    return out.getvalue()


def _cell(value: Value) -> object:
    """A number may begin with a minus; a text that does may be a formula."""
    return value if isinstance(value, int | float) else cell(bare(value))


def bare(value: Value) -> object:
    """A value for a machine: moments in local time with their offset, everything else as it is."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _rows(document: Document) -> Iterator[Iterable[Value]]:
    words, window = document.words, document.window
    yield document.title, document.question
    yield words("common.period"), window.start, window.end
    yield words("common.programme"), document.programme or words("common.all_programmes")
    if document.record:
        yield words("common.checkpoint"), document.record.origin, document.record.size, document.record.head
    yield from _sentences("", document.lead)
    for section in document.sections:
        yield ()
        yield (section.heading,)
        yield from _sentences(section.heading, section.lead)
        for part in section.parts:
            yield from _part(section, part)


def _sentences(heading: str, lead: Iterable[Sentence]) -> Iterator[Iterable[Value]]:
    for sentence in lead:
        yield heading, sentence.text


def _part(section: Section, part: Part) -> Iterator[Iterable[Value]]:
    if isinstance(part, Note):
        yield section.heading, part.text
    elif isinstance(part, Tiles):
        for tile in part.tiles:
            yield section.heading, tile.label, tile.value, tile.note
    elif isinstance(part, Table):
        yield from _table(section, part)
    else:
        yield from _chart(section, part)


def _table(section: Section, table: Table) -> Iterator[Iterable[Value]]:
    yield section.heading, table.caption, *(column.heading for column in table.columns)
    for row in table.rows:
        yield section.heading, table.caption, *(one.value for one in row.cells)
    if not table.rows:
        yield section.heading, table.caption, table.empty
    if table.more:
        yield section.heading, table.caption, table.more


def _chart(section: Section, chart: Chart) -> Iterator[Iterable[Value]]:
    """The same figures that are drawn; bounds stand beside their value."""
    names = [name for one in chart.series for name in (one.name, *([f"{one.name} ≥", f"{one.name} ≤"] * bool(one.low)))]
    yield section.heading, chart.question, chart.x, *names
    for place, label in enumerate(chart.columns):
        found = [
            value
            for one in chart.series
            for value in (one.values[place], *((one.low[place], one.high[place]) if one.low else ()))
        ]
        yield section.heading, chart.question, label, *found
