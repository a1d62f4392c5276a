"""Text that others chose, made harmless: for a page where it could reorder what stands beside it, and for a spreadsheet
where it could become a formula."""

from __future__ import annotations

import unicodedata

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, "CSV Injection"), wide forms included.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")
# Letters and numbers of every script stay; what only controls the text around it does not.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def plain(text: str) -> str:
    """The text with each control, direction mark, line break and other unseen character spelt out as `⟨U+202E⟩`."""
    return "".join(f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _UNSEEN else char for char in text)


def cell(value: object) -> str:
    """A value for a spreadsheet's cell: plain, and never a formula. None is an empty cell."""
    text = "" if value is None else plain(str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
