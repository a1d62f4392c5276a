"""Text that others chose can neither reorder a page nor become a formula."""

from __future__ import annotations

import pytest

from verification.reports.cells import cell, plain


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "|", "%"])
def test_a_formula_becomes_text(start: str) -> None:
    assert cell(f"{start}HYPERLINK(1)").startswith("'")


@pytest.mark.parametrize("start", ["\t", "\r", "\n", "\x00", "\u200b", "\ufeff"])
def test_a_formula_behind_an_unseen_character_is_text_because_that_is_spelt_out(start: str) -> None:
    assert cell(f"{start}=1+1").startswith("⟨U+")


def test_ordinary_text_stays_as_it_is_in_every_script() -> None:
    for text in ("Mira Okafor", "李小龍", "محمد", 'say "a, b"', "{}"):
        assert cell(text) == text


def test_direction_marks_are_spelt_out() -> None:
    assert plain("abc\u202edef\u2066") == "abc⟨U+202E⟩def⟨U+2066⟩"


def test_nothing_is_an_empty_cell() -> None:
    assert cell(None) == ""
    assert cell(0) == "0"
