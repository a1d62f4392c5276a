"""Checks, bands, reasons and scores in the words of a report's language."""

from __future__ import annotations

from collections.abc import Iterable

from .cells import plain
from .words import Words


def check_name(name: str, words: Words) -> str:
    return _known(f"checks.name_{name}", name, words)


def band(code: str, words: Words) -> str:
    return _known(f"checks.band_{code}", code, words)


def reason(code: str, words: Words) -> str:
    """A few words; the whole sentence is what reviewers and relying parties read, in `checks.reasons`."""
    return _known(f"reasons.{code}", code, words)


def unit(name: str, words: Words) -> str:
    return _known(f"checks.unit_{name}", name, words)


def listed(names: Iterable[str], words: Words) -> str:
    """Several names, one after the other, with the language's own comma."""
    return words("checks.comma").join(names)


def number(score: float) -> str:
    """A score as short as it can be said: `0.4`, `1200`."""
    return f"{round(score, 4):g}"


def _known(name: str, code: str, words: Words) -> str:
    """What a later version calls something is shown as itself rather than not at all."""
    return words(name) if words.has(name) else plain(code).replace("_", " ")
