"""Every sentence of a report exists in every language, with the same things put in, and nothing reorders it."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from verification.audit.events import Event
from verification.reports.refusals import KINDS
from verification.reports.registry import REPORTS
from verification.reports.values import Kind
from verification.reports.words import LANGUAGES, NoSuchLanguage, Words, sentences
from verification.review.models import Claim
from verification.web import denials
from verification.wider.models import WiderView

OTHERS = sorted(set(LANGUAGES) - {"en"})


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_in_a_language(language: str) -> None:
    english = {name for name in sentences("en") if not name.endswith("_one")}
    assert set(sentences(language)) == english


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_says_the_same_figures_in_every_language(language: str) -> None:
    english = sentences("en")
    wrong = {name for name, text in sentences(language).items() if fields(text) != fields(english[name])}
    assert not wrong


def test_the_form_for_one_says_no_more_than_the_form_for_many() -> None:
    english = sentences("en")
    ones = [name for name in english if name.endswith("_one")]
    assert all(fields(english[name]) <= fields(english[name.removesuffix("_one")]) for name in ones)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_has_a_title_and_a_question(language: str) -> None:
    words = Words(language)
    for report in REPORTS.values():
        assert report.title(words)
        assert report.question(words)[-1] in "?？"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_refusal_is_said_in_words(language: str) -> None:
    assert all(Event(event) and Words(language).has(f"code.{event}") for event in KINDS)


def codes_of_refusals() -> set[str]:
    """Whatever a rule, a room or the edge gives as the reason why something was refused."""
    house = Path(settings.BASE_DIR) / "verification"
    source = "".join(file.read_text(encoding="utf-8") for file in house.rglob("*.py"))
    named = re.findall(r'(?:Denied\(\s*|LookRefused\(|because\(request, )"([a-z_]+)"', source)
    return {*named, *denials._BY_STATUS.values(), "key_revoked", "locked_out", "wrong_credentials"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_a_report_can_show_is_said_in_words(language: str) -> None:
    endings = {*Claim.End.values} - {Claim.End.DECIDED.value} | {*WiderView.Reason.values} | {"review"}
    outcomes = {"passed", "decided", "unresolved", "verified", "not_verified", "votes_differ", "evidence_differs"}
    words = Words(language)
    assert {code for code in codes_of_refusals() | endings | outcomes if not words.has(f"code.{code}")} == set()


def test_one_of_something_is_said_as_one() -> None:
    assert Words()("who-looked.accounted", n=1) == "The one look is accounted for."
    assert Words()("who-looked.accounted", n=1204) == "All 1,204 looks are accounted for."
    assert Words("zh-hans")("who-looked.accounted", n=1) == "全部 1 次查看都有据可查。"


def test_a_name_in_a_sentence_cannot_reorder_it() -> None:
    assert Words()("common.from_to", first="a\u202eb", last="{0.__class__}") == "a⟨U+202E⟩b to {0.__class__}"


def test_a_code_that_no_table_knows_is_shown_as_itself() -> None:
    assert Words("zh-hans").code("never_heard\u202e") == "never heard⟨U+202E⟩"


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchLanguage):
        Words("../en")


@pytest.mark.parametrize(
    ("value", "kind", "english", "chinese"),
    [
        (None, Kind.COUNT, "–", "–"),
        (12_345, Kind.COUNT, "12,345", "12,345"),
        (0.1234, Kind.SHARE, "12.3%", "12.3%"),
        (-0.5, Kind.DECIMAL, "-0.50", "-0.50"),
        (0.42, Kind.SECONDS, "0.4 s", "0.4 秒"),
        (200, Kind.SECONDS, "3 min 20 s", "3 分 20 秒"),
        (86_400, Kind.SECONDS, "1 d", "1 天"),
        (datetime(2026, 3, 2, 3, 4, tzinfo=UTC), Kind.MOMENT, "2026-03-02 03:04", "2026-03-02 03:04"),
    ],
)
def test_values_are_written_as_the_language_does(value: object, kind: Kind, english: str, chinese: str) -> None:
    assert Words().value(value, kind) == english  # type: ignore[arg-type] # values of every kind
    assert Words("zh-hans").value(value, kind) == chinese  # type: ignore[arg-type]
