"""Which reports there are. A report is a key, words in the table of that name, and a builder; it answers one question.

Its table in `sentences/` must hold `title` and `question`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from verification.cases.models import Programme

from . import compliance_pack, decisions, promises_kept, what_checks_found, who_looked
from .cells import plain
from .document import Content, Document
from .recording import record_of_counts
from .window import Window
from .words import Words

Builder = Callable[[Window, Words], Content]


@dataclass(frozen=True, slots=True)
class Report:
    """`key` is also the last part of its address: lower-case letters and hyphens."""

    key: str
    build: Builder

    def title(self, words: Words) -> str:
        return words(f"{self.key}.title")

    def question(self, words: Words) -> str:
        return words(f"{self.key}.question")


REPORTS: dict[str, Report] = {
    report.key: report
    for report in (
        Report("who-looked", who_looked.build),
        Report("decisions", decisions.build),
        Report("checks", what_checks_found.build),
        Report("promises", promises_kept.build),
        Report("compliance", compliance_pack.build),
    )
}


def made(report: Report, window: Window, words: Words) -> Document:
    """The report of a window, every figure of it read at one moment."""
    with one_moment():
        content, record = report.build(window, words), record_of_counts()
    return Document(
        key=report.key,
        title=report.title(words),
        question=report.question(words),
        language=words.language,
        window=window,
        programme_id=window.programme,
        programme=_name(window),
        lead=content.lead,
        sections=content.sections,
        record=record,
    )


@contextmanager
def one_moment() -> Iterator[None]:
    """A snapshot, so that what is counted meanwhile shows in no figure rather than in some of them."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _name(window: Window) -> str:
    if window.programme is None:
        return ""
    return plain(Programme.objects.values_list("name", flat=True).get(pk=window.programme))
