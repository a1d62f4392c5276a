"""A report as plain data: what every renderer (page, CSV, PDF) draws, in one language, for one window.

A document is a few sentences and then sections; a section is a few sentences and then parts: tiles, tables, charts and
notes. Nothing here knows how it will look, and no text in it is markup: each renderer escapes what it writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from .values import Kind, Value
from .window import Window
from .words import Words


@dataclass(frozen=True, slots=True)
class Sentence:
    """`tone` is `plain`, `good`, `doubt` or `stop`; `to` is the key of the section that says more."""

    text: str
    tone: str = "plain"
    to: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """Where to go on reading: the log's entries that fit. Empty fields do not matter; both days are included."""

    event: str = ""
    actor: str = ""
    case: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure. `to` is the key of the section it leads to, in the same document."""

    label: str
    value: Value
    kind: Kind = Kind.COUNT
    note: str = ""
    to: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Tiles:
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, a few fainter words under it, and the entries behind it."""

    value: Value
    note: str = ""
    to: Entries | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """As many cells as the table has columns. `tone` is `stop` or `doubt` where somebody should look closer."""

    cells: tuple[Cell, ...]
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """`empty` says why there is no row and what would stand here; `more` what was left out, where something was."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    more: str = ""

    def __post_init__(self) -> None:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError(f"A row of “{self.caption}” has not a cell for each column.")


class Shape(StrEnum):
    """Bars stacked on columns, lines, the bars of a distribution without gaps, or a line that goes in steps."""

    BARS = "bars"
    LINES = "lines"
    HISTOGRAM = "histogram"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each column of the chart, None where there is none; `low` and `high` are bounds, or empty."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One question as a drawing. `columns` label the x axis in order; `mark` is the label of a column to point at."""

    question: str
    shape: Shape
    x: str
    y: str
    columns: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind = Kind.COUNT
    mark: str = ""

    def __post_init__(self) -> None:
        wrong = [one.name for one in self.series if len(one.values) != len(self.columns)]
        if wrong:
            raise ValueError(f"“{self.question}” has not a value for each column in {', '.join(wrong)}.")

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph: how something was counted, or what it does not say."""

    text: str


Part = Tiles | Table | Chart | Note


@dataclass(frozen=True, slots=True)
class Section:
    """`key` is its anchor: lower-case letters and hyphens, unique in the document."""

    key: str
    heading: str
    parts: tuple[Part, ...]
    lead: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a report's builder makes: the sentences at its head, and the sections."""

    lead: tuple[Sentence, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The checkpoint whose first `size` entries a report was computed from; `note` is the signed note itself."""

    origin: str
    size: int
    head: str
    note: str
    signed_at: datetime
    witnessed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `programme` is the programme's harmless name, empty for all of them."""

    key: str
    title: str
    question: str
    language: str
    window: Window
    programme_id: UUID | None
    programme: str
    lead: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    record: Record | None

    @property
    def words(self) -> Words:
        return Words(self.language)


def row(*cells: Cell | Value, to: Entries | None = None, tone: str = "plain") -> Row:
    """A row of values; `to` is where its first cell leads."""
    made = tuple(one if isinstance(one, Cell) else Cell(one) for one in cells)
    if to is not None:
        made = (Cell(made[0].value, made[0].note, to), *made[1:])
    return Row(made, tone)


def columns(*headings: str | tuple[str, Kind]) -> tuple[Column, ...]:
    return tuple(Column(one) if isinstance(one, str) else Column(*one) for one in headings)


def tables(sections: Iterable[Section]) -> Iterable[tuple[Section, Table]]:
    """Every table, with its section, in order."""
    return ((section, part) for section in sections for part in section.parts if isinstance(part, Table))
