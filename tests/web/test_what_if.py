"""The page on which a threshold is moved in thought: it answers, says what was wrong, and keeps what was asked."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from tests.reports.checked import a_checked_case, copies, results
from tests.reports.test_pages import signed_in
from verification.access.roles import Role
from verification.audit.models import Entry

pytestmark = pytest.mark.django_db

PAGE = "/reports/checks/what-if"


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.RISK_OFFICER)[0]


def said(client: Client, status: int = 200, **asked: str) -> str:
    answer = client.get(PAGE, asked)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_threshold_in_force_is_shown_first(officer: Client) -> None:
    copies(a_checked_case(results(match=0.39)), 3)
    page = said(officer)
    assert "With “Match” at 0.4, as it is in force, 4 of 4 cases went to people." in page
    assert 'value="0.4"' in page


def test_another_threshold_is_told_of_in_both_languages(officer: Client) -> None:
    copies(a_checked_case(results(match=0.39)), 3)
    page = said(officer, check="match", threshold="0.35")
    assert "4 fewer of 4 cases would have gone to people" in page
    assert "Nobody looks at a case that the machine closes." in page
    assert "阈值由 0.4 改为 0.35" in said(officer, check="match", threshold="0.35", language="zh-hans")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"threshold": "much"}, "Give the threshold as a number, from 0.28 to 1."),
        ({"threshold": "7"}, "The threshold must lie between 0.28 and 1."),
        ({"check": "liveness", "threshold": "x"}, "Give the threshold as a number, from 0.15 to 1."),
        ({"check": "welfare"}, "This check has no threshold that can be moved here."),
        ({"check": "<script>", "threshold": "=1"}, "This check has no threshold that can be moved here."),
    ],
)
def test_what_cannot_be_tried_is_said_and_the_one_in_force_shown(
    officer: Client, asked: dict[str, str], sentence: str
) -> None:
    page = said(officer, 400, **asked)
    assert f"{sentence} The threshold in force is shown instead." in page
    assert "<script>" not in page.replace('<script src="', "")
    assert officer.get(f"{PAGE}.csv", asked).status_code == 302


def test_a_bad_period_is_said_as_on_any_report(officer: Client) -> None:
    assert "Give each date as year-month-day" in said(officer, 400, **{"from": "x", "to": "y"})
    assert officer.get(f"{PAGE}.csv", {"language": "fr"}).status_code == 302


def test_the_form_keeps_the_period_and_the_period_keeps_the_threshold(officer: Client) -> None:
    page = said(officer, span="30d", check="pose", threshold="30")
    assert '<input type="hidden" name="span" value="30d">' in page
    assert '<input type="hidden" name="check" value="pose">' in page
    assert "threshold=30" in page


def test_the_file_says_the_same_and_its_reading_is_on_the_record(officer: Client) -> None:
    copies(a_checked_case(results(match=0.39)), 3)
    answer = officer.get(f"{PAGE}.csv", {"threshold": "0.35"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "What if"
    assert any(row[2:6] == ["0.4 (in force)", "4", "0", "4"] for row in rows)
    assert '"report":"what-if"' in Entry.objects.latest("id").body


def test_the_page_of_the_checks_leads_there(officer: Client) -> None:
    assert f'href="{PAGE}?span=30d"' in officer.get("/reports/checks", {"span": "30d"}).content.decode()
