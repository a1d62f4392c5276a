"""The report of the checks as a document: what it says with and without cases, and that stored text stays text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from verification.checks.models import StoredResult
from verification.checks.reasons import Reason
from verification.checks.results import Band
from verification.policy.thresholds import RELYING_PARTY
from verification.reports import csv_file, what_if
from verification.reports.check_words import check_name, number, unit
from verification.reports.checks import ORDER
from verification.reports.document import Document, Table, tables
from verification.reports.registry import REPORTS, made
from verification.reports.window import Span, Window, midnight
from verification.reports.words import LANGUAGES, Words

from .checked import a_checked_case, copies, results
from .days import a_window

pytestmark = pytest.mark.django_db

HOSTILE = "=cmd|' /C calc'!A0<b>\u202e"


def report(language: str = "en", window: Window | None = None) -> Document:
    return made(REPORTS["checks"], window or a_window(), Words(language))


def table(document: Document, caption: str) -> Table:
    (found,) = (one for _, one in tables(document.sections) if one.caption == caption)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quiet_period_says_why_there_is_nothing(language: str) -> None:
    document = report(language)
    assert document.lead[0].text == Words(language)("checks.nothing")
    empty = {one.caption for _, one in tables(document.sections) if not one.rows}
    assert {Words(language)(f"checks.{name}") for name in ("by_check", "reasons", "broken", "weeks")} <= empty


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_said_in_words(language: str) -> None:
    words = Words(language)
    assert all(words.has(f"reasons.{reason.value}") for reason in Reason)
    assert all(words.has(f"checks.name_{name}") for name in ORDER)
    assert all(words.has(f"checks.band_{band.value}") for band in Band)
    assert all(words.has(f"checks.unit_{name}") for name in what_if.MOVABLE)


def test_what_was_found_stands_in_the_tables() -> None:
    for match in (0.7, 0.35):
        a_checked_case(results(match=match))
    a_checked_case(results(late=["match"]))
    document = report()
    assert [one.text for one in document.lead[:2]] == [
        "3 cases had their checks.", "One of 30 results could not be measured; its case went to a person."
    ]  # fmt: skip
    assert document.lead[1].tone == "doubt"
    row = next(one for one in table(document, "What each check found").rows if one.cells[0].value == "Match")
    assert [cell.value for cell in row.cells[1:]] == [3, 1, 1, 0, 1, pytest.approx(1 / 3)]
    (broken,) = table(document, "Errors and time-outs").rows
    assert [cell.value for cell in broken.cells[:4]] == ["Match", "error", "checks took too long", 1]
    assert broken.cells[0].to is not None
    assert broken.cells[0].to.event == "case:advanced"


def test_versions_and_thresholds_in_force_are_named_with_their_first_day() -> None:
    a_checked_case()
    document = report()
    assert RELYING_PARTY.name in document.lead[-1].text
    first = table(document, "Policies").rows[0]
    assert [cell.value for cell in first.cells] == [
        RELYING_PARTY.name, "yes", timezone.localdate(), timezone.localdate(), 1
    ]  # fmt: skip
    match = next(one for one in table(document, "Thresholds in force").rows if one.cells[0].value == "Match")
    assert [cell.value for cell in match.cells[1:3]] == ["from 0.4 on", "below 0.28"]


def test_scores_that_changed_are_said_first_and_drawn() -> None:
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 14)
    for weeks, match in ((0, 0.8), (1, 0.5)):
        case = a_checked_case(results(match=match), at=midnight(monday + timedelta(days=7 * weeks)))
        copies(case, 200)
    window = Window(Span.CUSTOM, midnight(monday), midnight(monday + timedelta(days=14)))
    document = report(window=window)
    said = next(one for one in document.lead if one.to == "drift")
    assert (said.text, said.tone) == ("Scores have changed since the first week: Match.", "stop")
    weeks_told = [one for one in table(document, "Weeks that stand out, and the last one").rows
                  if one.cells[0].value == "Match"]  # fmt: skip
    assert [one.cells[-1].value for one in weeks_told] == ["compared with", "changed"]
    assert [one.tone for one in weeks_told] == ["plain", "stop"]


def test_stored_text_of_any_kind_is_harmless() -> None:
    case = a_checked_case()
    StoredResult.objects.filter(case=case, name="pose").update(
        name=HOSTILE[:20], band="<i>", model=HOSTILE, reasons=[HOSTILE]
    )
    document = report()
    assert "\u202e" not in csv_file.written(document)
    lines = csv_file.written(document).splitlines()
    assert any("'=cmd|" in line for line in lines)
    assert not any('"=cmd' in line for line in lines)


def test_what_a_later_version_calls_something_is_shown_as_itself() -> None:
    assert check_name("iris_scan", Words("zh-hans")) == "iris scan"
    assert unit("iris_scan", Words()) == "iris scan"
    assert [number(score) for score in (0.4, 1200.0, 0.123456)] == ["0.4", "1200", "0.1235"]


def test_the_steps_of_a_what_if_mark_the_threshold_in_force() -> None:
    copies(a_checked_case(results(match=0.39)), 2)
    rows = table(report(), Words()("what-if.loads")).rows
    assert [row.cells[0].value for row in rows if "in force" in str(row.cells[0].value)] == ["0.4 (in force)"]
    assert [row.cells[3].value for row in rows] == [0, 0, 0, 0, 3, 3, 3, 3, 3]
