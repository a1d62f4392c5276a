"""Handing a report out as a file, with an entry in the log by which anybody can tell later that it is that file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from verification.audit import log
from verification.audit.events import Actor, Event
from verification.audit.models import Entry

from . import csv_file, pdf_file
from .cells import plain
from .document import Document

_LATELY = 200


class Form(StrEnum):
    CSV = "csv"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was handed out. `entry_id` is the log's entry that holds its SHA-256."""

    name: str
    form: Form
    content: bytes
    sha256: str
    entry_id: int


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What the log says of a file that was handed out."""

    entry_id: int
    at: datetime
    form: str
    language: str
    first: str
    last: str
    sha256: str


def hand_out(document: Document, form: Form, actor: Actor) -> File:
    """Write the file, and into the log what was handed out, before anybody has it."""
    content = csv_file.written(document).encode() if form is Form.CSV else pdf_file.written(document)
    digest, window, record = hashlib.sha256(content).hexdigest(), document.window, document.record
    with transaction.atomic():
        entry = log.record(
            Event.REPORT_MADE,
            actor=actor,
            report=document.key,
            form=form.value,
            language=document.language,
            programme=str(window.programme) if window.programme else "",
            first=window.first_day.isoformat(),
            last=window.last_day.isoformat(),
            size=record.size if record else 0,
            head=record.head if record else "",
            sha256=digest,
        )
    return File(_name(document, form), form, content, digest, entry.id)


def _name(document: Document, form: Form) -> str:
    window = document.window
    return f"{document.key}-{window.first_day}-to-{window.last_day}-{document.language}.{form}"


def lately(report: str, limit: int = 5) -> list[HandedOut]:
    """The newest files of one report, whoever they were for, among the last that were handed out of any."""
    newest = Entry.objects.filter(event=Event.REPORT_MADE.value).order_by("-at", "-id")[:_LATELY]
    found = ((entry, json.loads(entry.body)["facts"]) for entry in newest)
    return [_read(entry, facts) for entry, facts in found if facts["report"] == report][:limit]


def _read(entry: Entry, facts: dict[str, object]) -> HandedOut:
    said = (plain(str(facts[name])) for name in ("form", "language", "first", "last", "sha256"))
    return HandedOut(entry.id, entry.at, *said)
