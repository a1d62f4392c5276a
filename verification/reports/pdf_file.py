"""A report as PDF, by typst. The only file that knows the library.

The sheet is `report.typ`; what it shows is handed over as JSON and as drawings, never as markup, so no name in a report
can become a command. Fonts come from a package (Noto Sans SC and Noto Serif SC, under the SIL Open Font License), not
from the machine: the same report is the same file everywhere, byte for byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils import timezone

from . import drawing
from .document import Cell, Chart, Column, Document, Note, Part, Section, Table, Tile, Tiles
from .recording import how_to_check, recorded
from .words import Words

_SHEET = Path(__file__).with_name("report.typ")
_LANGUAGES = {"en": "en", "zh-hans": "zh"}


def written(document: Document) -> bytes:
    """The whole file."""
    pdf = _compiled(document, format="pdf")
    assert isinstance(pdf, bytes)
    return pdf


def pictures(document: Document, ppi: float = 110) -> list[bytes]:
    """Each page as a PNG, to look at."""
    pages = _compiled(document, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _compiled(document: Document, **options: Any) -> Any:
    # Tens of megabytes: loaded by the first report on paper, not by every process.
    import pylopdf_fonts_zh_cn
    import typst

    files = {"main.typ": _SHEET.read_bytes(), "data.json": json.dumps(_data(document)).encode()}
    fonts = [str(pylopdf_fonts_zh_cn.sans_path().parent)]
    return typst.compile(files, font_paths=fonts, ignore_system_fonts=True, **options)


def _data(document: Document) -> dict[str, Any]:
    words = document.words
    return {
        "lang": _LANGUAGES[document.language],
        "title": document.title,
        "question": document.question,
        "period": _period(document),
        "facts": _facts(document),
        "lead": [{"text": one.text, "tone": one.tone} for one in document.lead],
        "recorded": recorded(document),
        "checkpoint": _checkpoint(document),
        "foot": _foot(document),
        "steps": how_to_check(document),
        "sections": [_section(section, words) for section in document.sections],
        "words": {
            "kind": words("common.report"),
            "record": words("record.title"),
            "check": words("record.check"),
            "nothing_to_draw": words("common.nothing_to_draw"),
        },
    }


def _period(document: Document) -> str:
    return document.words("common.from_to", first=document.window.first_day, last=document.window.last_day)


def _facts(document: Document) -> list[tuple[str, str]]:
    words = document.words
    return [
        (words("common.period"), _period(document)),
        (words("common.programme"), document.programme or words("common.all_programmes")),
        (words("common.zone"), timezone.get_current_timezone_name()),
    ]


def _checkpoint(document: Document) -> list[tuple[str, str]]:
    words, record = document.words, document.record
    if record is None:
        return []
    witnessed = words.value(record.witnessed_at) if record.witnessed_at else words("record.not_witnessed")
    return [
        (words("record.origin"), record.origin),
        (words("record.size"), f"{record.size:,}"),
        (words("record.head"), record.head),
        (words("record.published"), words.value(record.signed_at)),
        (words("record.witness"), witnessed),
    ]


def _foot(document: Document) -> str:
    record = document.record
    return f"{record.origin} · {record.size:,} · {record.head[:16]}" if record else ""


def _section(section: Section, words: Words) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "lead": [{"text": one.text, "tone": one.tone} for one in section.lead],
        "parts": [_part(part, words) for part in section.parts],
    }


def _part(part: Part, words: Words) -> dict[str, Any]:
    if isinstance(part, Tiles):
        return {"what": "tiles", "tiles": [_tile(one, words) for one in part.tiles]}
    if isinstance(part, Table):
        return {"what": "table"} | _table(part, words)
    if isinstance(part, Chart):
        svg = None if part.nothing else drawing.drawn(part)
        return {"what": "chart", "question": part.question, "svg": svg}
    assert isinstance(part, Note)
    return {"what": "note", "text": part.text}


def _tile(tile: Tile, words: Words) -> dict[str, str]:
    return {
        "label": tile.label,
        "value": words.value(tile.value, tile.kind),
        "note": tile.note,
        "tone": tile.tone,
    }


def _table(table: Table, words: Words) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": [{"heading": one.heading, "numeric": one.kind.numeric, "kind": one.kind} for one in table.columns],
        "rows": [
            {"tone": row.tone, "cells": [_cell(*pair, words) for pair in zip(row.cells, table.columns, strict=True)]}
            for row in table.rows
        ],
        "empty": table.empty,
        "more": table.more,
    }


def _cell(cell: Cell, column: Column, words: Words) -> dict[str, str]:
    return {"text": words.value(cell.value, column.kind), "note": cell.note}
