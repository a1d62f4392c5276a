"""Each report as a page and as a file: what it says, in both languages, and that hostile names stay names."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from verification.access.roles import Role
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.cases.models import Programme
from verification.reports.models import Counted
from verification.reports.registry import REPORTS
from verification.reports.words import Words

from .days import count_everything
from .test_pages import HOSTILE, a_look_by, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.RISK_OFFICER)[0]


def page(client: Client, key: str, **asked: str) -> str:
    count_everything()
    answer = client.get(reverse("report", args=[key]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client: Client, key: str, **asked: str) -> list[list[str]]:
    count_everything()
    text = client.get(reverse("report-csv", args=[key]), asked).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("key", REPORTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_report_is_a_page_and_a_file_in_each_language(officer: Client, key: str, language: str) -> None:
    a_look_by("Mira")
    title = REPORTS[key].title(Words(language))
    assert f"<h1>{title}</h1>" in page(officer, key, language=language)
    assert rows(officer, key, language=language)[0][0] == title


@pytest.mark.parametrize("key", REPORTS)
def test_nothing_happened_is_said_too(officer: Client, key: str) -> None:
    assert f"<h1>{REPORTS[key].title(Words())}</h1>" in page(officer, key)
    assert len(rows(officer, key)) > 3


@pytest.mark.parametrize("key", REPORTS)
def test_hostile_names_are_harmless_in_every_report(officer: Client, key: str) -> None:
    a_look_by(HOSTILE)
    Programme.objects.update(name=HOSTILE)
    chosen = str(Programme.objects.first().pk)  # type: ignore[union-attr] # the look made one
    shown = page(officer, key, programme=chosen)
    assert "<script>alert" not in shown
    assert "\u202e" not in shown
    assert "=1+1⟨U+202E⟩&lt;script&gt;" in shown
    cells = [cell for row in rows(officer, key, programme=chosen) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@")) or "\u202e" in cell]
    assert any(cell.startswith("'=1+1") for cell in cells)


@pytest.mark.parametrize("key", REPORTS)
def test_no_report_needs_a_style_or_a_script_of_its_own(officer: Client, key: str) -> None:
    factories.a_passed_case()
    shown = page(officer, key)
    assert "style=" not in shown
    assert not re.search(r"<script(?! type=\"module\" src=)", shown)


def test_each_report_that_is_read_is_one_entry_in_the_log(officer: Client) -> None:
    page(officer, "who-looked")
    rows(officer, "decisions")
    entries = Entry.objects.filter(event=Event.REPORT_READ.value).order_by("id")
    assert [json.loads(entry.body)["facts"]["report"] for entry in entries] == ["who-looked", "decisions"]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR_REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused_and_nothing_is_read(role: Role) -> None:
    client, _ = signed_in(role)
    for name in ("report", "report-csv"):
        assert client.get(reverse(name, args=["who-looked"])).status_code == 403
    assert not Entry.objects.filter(event=Event.REPORT_READ.value).exists()


@pytest.mark.parametrize("asked", [{"language": "de"}, {"span": "year"}, {"programme": "x"}])
def test_what_cannot_be_read_is_said(officer: Client, asked: dict[str, str]) -> None:
    address = reverse("report", args=["who-looked"])
    answer = officer.get(address, asked)
    assert answer.status_code == 400
    assert "The last 7 days are shown instead." in answer.content.decode()
    assert officer.get(reverse("report-csv", args=["who-looked"]), asked)["Location"] == address


def test_there_is_no_report_of_another_name(officer: Client) -> None:
    assert officer.get(reverse("report", args=["nothing"])).status_code == 404
    assert officer.get(reverse("report-csv", args=["nothing"])).status_code == 404


def test_a_row_leads_to_the_entries_behind_it(officer: Client) -> None:
    a_look_by("Mira")
    found = re.search(r'href="(/reports/log\?actor=[^"]+)"', page(officer, "who-looked"))
    assert found
    assert "Looked at a redacted face" in officer.get(found[1].replace("&amp;", "&")).content.decode()


def test_numbers_stay_numbers_in_the_file(officer: Client) -> None:
    a_look_by("Mira")
    line = next(row for row in rows(officer, "who-looked") if row[:1] == ["Looks by person"] and "Mira" in row)
    assert line[3:7] == ["2", "1", "0", "1"]


def test_a_report_says_which_checkpoint_it_was_computed_from(officer: Client) -> None:
    empty = officer.get(reverse("report", args=["decisions"])).content.decode()
    assert "No checkpoint of the log has been published yet" in empty
    shown = page(officer, "decisions")
    size = Counted.objects.get().size
    assert f"Computed from the first {size} entries of the log test.example/log" in shown.replace(
        "the first entry", "the first 1 entries"
    )
