"""A report on paper: whole in both languages, the same twice, whatever its names hold, and quick."""

from __future__ import annotations

import dataclasses
import io
import time

import pytest
from PIL import Image

from verification.reports import pdf_file
from verification.reports.document import (
    Chart,
    Content,
    Document,
    Note,
    Record,
    Section,
    Sentence,
    Series,
    Shape,
    Table,
    Tile,
    Tiles,
    columns,
    row,
)
from verification.reports.values import Kind
from verification.reports.window import window
from verification.reports.words import Words

HOSTILE = '#panic("x") $ = *bold* <b>x</b> \\ "quoted" `raw` @cite =1+1 \u202e 🦊 ሀ 漢 \x00'


def a_document(language: str = "en", name: str = "Mira", rows: int = 3) -> Document:
    words = Words(language)
    days = tuple(f"11-{day:02}" for day in range(1, 31))
    chart = Chart(words("decisions.how_ended"), Shape.BARS, name, name, days, (Series(name, tuple(range(30))),))
    headings = columns(name, (words("common.looks"), Kind.COUNT), (words("common.share"), Kind.SHARE))
    table = Table(name, headings, tuple(row(name, number, 0.25) for number in range(rows)), name, name)
    tiles = Tiles((Tile(name, name, Kind.TEXT, name), Tile(words("common.looks"), 12_345)))
    section = Section("s", name, (tiles, chart, table, Note(name)), (Sentence(name, "stop"),))
    content = Content(tuple(Sentence(name, tone) for tone in ("plain", "good", "doubt", "stop")), (section,))
    chosen = window("7d")
    record = Record("log.example", 1_234_567, "ab" * 32, "", chosen.start, None)
    return Document(
        "decisions", name, name, language, chosen, None, name, content.lead, content.sections, record
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_report_becomes_pages_in_each_language(language: str) -> None:
    document = a_document(language, rows=120)
    pages = [Image.open(io.BytesIO(page)) for page in pdf_file.pictures(document, ppi=30)]
    assert len(pages) >= 4
    assert pdf_file.written(document).startswith(b"%PDF-")


def test_chinese_is_set_in_a_font_that_has_it() -> None:
    """A glyph that no font has is drawn as one and the same box; these two words would then look alike."""
    one, other = (pdf_file.pictures(a_document("zh-hans", name), ppi=60)[0] for name in ("查看", "决定"))
    assert one != other


def test_the_same_report_is_the_same_file() -> None:
    document = a_document()
    assert pdf_file.written(document) == pdf_file.written(document)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_hostile_name_is_set_as_it_is(language: str) -> None:
    assert pdf_file.written(a_document(language, Words().value(HOSTILE))).startswith(b"%PDF-")


def test_the_sheet_reads_nothing_as_markup() -> None:
    """A command to leave half a metre free would add pages."""
    marked, bare = (pdf_file.pictures(a_document(name=name), ppi=60) for name in ("#v(50cm)", "#v(50mm)"))
    assert len(marked) == len(bare)


def test_a_report_without_a_checkpoint_or_a_row_is_whole_too() -> None:
    document = dataclasses.replace(a_document(rows=0), record=None)
    assert len(pdf_file.pictures(document, ppi=20)) == 2


def test_twenty_pages_take_less_than_three_seconds() -> None:
    document = a_document(rows=800)
    pdf_file.written(a_document())
    began = time.perf_counter()
    pdf_file.written(document)
    assert time.perf_counter() - began < 3
    assert len(pdf_file.pictures(document, ppi=5)) >= 20
