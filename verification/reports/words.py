"""Every sentence of a report, by language. They lie in `sentences/`: a folder per language, a table per report.

A name ending in `_one` is the form for one of something; a language without such forms leaves it out. Text that others
chose (names) reaches a sentence through `plain`, so that it cannot reorder what stands beside it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.utils import timezone

from .cells import plain
from .values import Kind, Value

TABLES = Path(__file__).with_name("sentences")
# The language as it is chosen, its folder, and what it calls itself.
LANGUAGES = {"en": "English", "zh-hans": "简体中文"}
_UNITS = ((86_400, "day", 3_600, "hour"), (3_600, "hour", 60, "minute"), (60, "minute", 1, "second"))


class NoSuchLanguage(ValueError):
    """Reports are not written in the language that was asked for; the message is a sentence for who asked."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. `words("who-looked.title")`; numbers and times are written as that language does."""

    language: str = "en"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise NoSuchLanguage("Reports are written in English and in Chinese.")

    def __call__(self, name: str, **values: Value) -> str:
        """A sentence with its values put in. Where `n` is 1 the form for one is taken. Raises KeyError."""
        table = sentences(self.language)
        chosen = f"{name}_one" if values.get("n") == 1 and f"{name}_one" in table else name
        return table[chosen].format(**{key: self.value(value) for key, value in values.items()})

    def code(self, code: str) -> str:
        """A code of the log in words. One that no table knows is shown as itself rather than not at all."""
        known = sentences(self.language).get(f"code.{code}")
        return known if known is not None else plain(code).replace("_", " ")

    def has(self, name: str) -> bool:
        return name in sentences(self.language)

    def value(self, value: Value, kind: Kind | None = None) -> str:
        """A value as people read it, a dash for None. Without a kind it is read from the type."""
        if value is None:
            return "–"
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):
            return plain(value)
        return self._number(value, kind)

    def _number(self, value: float, kind: Kind | None) -> str:
        if kind is Kind.SECONDS:
            return self.duration(value)
        if kind is Kind.SHARE:
            return f"{value:.1%}"
        if kind is Kind.DECIMAL:
            return f"{value:.2f}"
        return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"

    def duration(self, seconds: float) -> str:
        """`4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`, in the language's own units."""
        whole = round(seconds)
        for size, unit, smaller, next_unit in _UNITS:
            if whole >= size:
                rest = whole % size // smaller
                return self._in(whole // size, unit) + (f" {self._in(rest, next_unit)}" if rest else "")
        return self._in(round(seconds, 1) if 0 < seconds < 10 and seconds != whole else whole, "second")

    def _in(self, amount: float, unit: str) -> str:
        return f"{amount} {sentences(self.language)[f'common.unit_{unit}']}"


@cache
def sentences(language: str) -> dict[str, str]:
    """Every sentence of a language by `table.name`."""
    return {
        f"{file.stem}.{name}": text
        for file in sorted((TABLES / language).glob("*.toml"))
        for name, text in tomllib.loads(file.read_text("utf-8")).items()
    }
