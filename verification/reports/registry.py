"""Which reports there are. A report is a key, words in the table of that name, and a builder; it answers one question.

Its table in `sentences/` must hold `title` and `question`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from verification.cases.models import Programme

from . import decisions, what_checks_found, who_looked
from .cells import plain
from .document import Content, Document
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
    )
}


@transaction.atomic
def made(report: Report, window: Window, words: Words) -> Document:
    """The report of a window, read at one moment."""
    content = report.build(window, words)
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
        record=None,
    )


def _name(window: Window) -> str:
    if window.programme is None:
        return ""
    return plain(Programme.objects.values_list("name", flat=True).get(pk=window.programme))
