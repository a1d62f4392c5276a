"""Write somebody's name with whatever letters this machine has.

Pillow brings one font along, which knows the letters of English and no others. Fonts that the system has are tried
next; none is carried or fetched. A name that no font can write gives way to the account's name, and where that cannot
be written either, to the numbers of its letters ("U+5F20"), which still name one person.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from PIL import ImageFont

Font = ImageFont.ImageFont | ImageFont.FreeTypeFont
CARRIED = ""
INSTALLED = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc")
"""File names that Debian's font packages use, looked for where the system keeps fonts."""
NOBODY = "\uffff"
"""Never a letter, so a font draws its sign for a missing one."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text and the name of the font that has all of its letters; an empty name is Pillow's own."""

    text: str
    font: str

    def at(self, size: int) -> Font:
        """The font at `size` pixels."""
        return font_of(self.font, size)


def lettering_of(name: str, account: str = "") -> Lettering:
    """How to write `name`, or else `account`. Raises ValueError where both are empty once cleaned."""
    wanted = [text for text in (cleaned(name), cleaned(account)) if text]
    if not wanted:
        raise ValueError("a mark needs the name of the person who looks")
    for text in (wanted[0], _without_accents(wanted[0]), wanted[-1]):
        for font in (CARRIED, *INSTALLED):
            if text and _has_all(font, text):
                return Lettering(text, font)
    return Lettering(" ".join(f"U+{ord(letter):04X}" for letter in wanted[-1]), CARRIED)


def cleaned(text: str) -> str:
    """One line of `text` without control, direction, invisible and stacked marks, which could disguise a name."""
    composed = unicodedata.normalize("NFC", text)
    kept = (letter if unicodedata.category(letter)[0] in "LNPS" else " " for letter in composed if not _stacked(letter))
    return " ".join("".join(kept).split())


def _stacked(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Me", "Cf")


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@cache
def font_of(name: str, size: int) -> Font:
    """One font at one size. Raises OSError where the system does not have it."""
    return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)


def _has_all(font: str, text: str) -> bool:
    return all(_has(font, letter) for letter in text if letter != " ")


@cache
def _has(font: str, letter: str) -> bool:
    try:
        drawn, missing = (font_of(font, 16).getmask(each) for each in (letter, NOBODY))
    except OSError:
        return False
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)
