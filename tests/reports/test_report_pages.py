"""Each report as a page and as a file: what it says, in both languages, and that hostile names stay names."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.audit.keepers import Keepers
from tests.audit.tampering import settle
from verification.access.roles import Role
from verification.audit import verify_log
from verification.audit.checkpoint import Checkpoint
from verification.audit.events import Event
from verification.audit.models import Entry, SignedCheckpoint
from verification.audit.notes import Note
from verification.cases.models import Programme
from verification.reports import tallies
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


def facts_of(event: Event) -> list[dict[str, object]]:
    return [json.loads(entry.body)["facts"] for entry in Entry.objects.filter(event=event.value).order_by("id")]


def test_each_report_that_is_read_is_one_entry_in_the_log(officer: Client) -> None:
    page(officer, "who-looked")
    page(officer, "decisions")
    assert [facts["report"] for facts in facts_of(Event.REPORT_READ)] == ["who-looked", "decisions"]


@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_a_file_is_handed_out_with_its_digest_in_the_log(officer: Client, form: str) -> None:
    factories.a_passed_case()
    count_everything()
    mine = factories.a_programme()
    asked = {"programme": str(mine.pk), "language": "zh-hans", "from": "2026-01-01", "to": "2026-01-31"}
    answer = officer.get(reverse(f"report-{form}", args=["decisions"]), asked)
    name = f'attachment; filename="decisions-2026-01-01-to-2026-01-31-zh-hans.{form}"'
    assert answer["Content-Disposition"] == name
    (facts,) = facts_of(Event.REPORT_MADE)
    assert facts["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert (facts["report"], facts["form"], facts["language"]) == ("decisions", form, "zh-hans")
    assert (facts["programme"], facts["first"], facts["last"]) == (str(mine.pk), "2026-01-01", "2026-01-31")
    assert facts["size"] == Counted.objects.get().size
    assert answer["X-Report-Entry"] == str(Entry.objects.get(event=Event.REPORT_MADE.value).pk)


def test_the_page_offers_the_proof_of_each_file_that_was_handed_out(officer: Client) -> None:
    rows(officer, "decisions")
    rows(officer, "who-looked")
    shown = page(officer, "decisions")
    entry = Entry.objects.filter(event=Event.REPORT_MADE.value).order_by("id").first()
    assert entry is not None
    assert shown.count("<code>SHA-256") == 1
    assert f'href="{reverse("reports-log-proof", args=[entry.pk])}"' in shown


@pytest.mark.django_db(transaction=True)
def test_a_stranger_can_check_the_file_with_the_keys_alone(keepers: Keepers) -> None:
    """The file, its proof, and what the verifier prints: nothing else is asked of whoever made the report."""
    client, _ = signed_in(Role.RISK_OFFICER)
    factories.a_passed_case()
    settle()
    keepers.publish()
    tallies.count_published()
    answer = client.get(reverse("report-pdf", args=["decisions"]))
    settle()
    newest = keepers.publish()
    proof = client.get(reverse("reports-log-proof", args=[answer["X-Report-Entry"]])).content.decode()
    proved = json.loads(verify_log.verify_proof(proof, keepers.keys).body)
    assert proved["event"] == "report:made"
    assert proved["facts"]["sha256"] == hashlib.sha256(answer.content).hexdigest()
    # And the checkpoint that the figures come from is one that the log published, with the same head.
    counted = Checkpoint.parse(Note.parse(SignedCheckpoint.objects.get(size=proved["facts"]["size"]).note).text)
    assert proved["facts"]["head"] == counted.head.hex()
    assert counted.size < newest.size


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR_REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused_and_nothing_is_read(role: Role) -> None:
    client, _ = signed_in(role)
    for name in ("report", "report-csv", "report-pdf"):
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
