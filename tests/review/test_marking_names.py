"""Names are written in whatever letters there are, in one line, and cannot disguise themselves."""

from __future__ import annotations

import pytest

from verification.review import lettering
from verification.review.lettering import CARRIED, cleaned, font_of, lettering_of
from verification.review.marking import shortened


@pytest.fixture
def _no_fonts_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "INSTALLED", ("NoSuchFont.ttf",))


def test_english_letters_are_written_in_the_font_that_is_carried() -> None:
    assert lettering_of("Mira Okonkwo") == lettering.Lettering("Mira Okonkwo", CARRIED)


@pytest.mark.usefixtures("_no_fonts_installed")
@pytest.mark.parametrize(
    ("name", "account", "written"),
    [
        ("José Muñoz", "", "Jose Munoz"),
        ("张伟", "zhang.wei", "zhang.wei"),
        ("张伟", "", "U+5F20 U+4F1F"),
        ("张伟", "李四", "U+674E U+56DB"),
        ("Łukasz", "lukasz", "lukasz"),
        ("\u200b", "mira", "mira"),
    ],
)
def test_a_name_without_letters_gives_way_to_one_that_has_them(name: str, account: str, written: str) -> None:
    assert lettering_of(name, account) == lettering.Lettering(written, CARRIED)


def test_a_font_of_the_system_is_used_where_it_has_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_has", lambda font, letter: font == "NotoSansCJK-Regular.ttc" or letter.isascii())
    assert lettering_of("张伟", "zhang.wei") == lettering.Lettering("张伟", "NotoSansCJK-Regular.ttc")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Mira\nOkonkwo", "Mira Okonkwo"),
        ("Mira\r\n\tOkonkwo  ", "Mira Okonkwo"),
        ("\u202eoknokO ariM", "oknokO ariM"),
        ("Mi\u200bra\u2066\u2069", "Mira"),
        ("Mira\u2028Okonkwo\x00\x1b[31m", "Mira Okonkwo [31m"),
        ("Z\u0337\u0310\u0351a\u0336lgo", "Zalgo"),
        ("\ue000Mira", "Mira"),
        ("Jose\u0301", "José"),
    ],
)
def test_what_could_disguise_a_name_is_taken_out(name: str, line: str) -> None:
    assert cleaned(name) == line


def test_a_long_name_is_cut_with_dots_and_a_short_one_is_whole() -> None:
    font = font_of(CARRIED, 16)
    cut = shortened("Wilhelmina " * 10, font, 150)
    assert cut.startswith("Wilhelmina")
    assert cut.endswith("...")
    assert font.getlength(cut) <= 150
    assert shortened("Mira", font, 150) == "Mira"
