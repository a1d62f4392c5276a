"""The compliance pack as a document: each line is filled from data or says that nobody measured it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests import factories
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Programme
from verification.policy import fusion
from verification.reports import compliance_pack, csv_file, filing, log_state, processing, requirements
from verification.reports.assessments import record
from verification.reports.document import Document, Row, Table, tables
from verification.reports.registry import REPORTS, made
from verification.reports.requirements import State
from verification.reports.words import LANGUAGES, Words
from verification.retention import schedule

from .days import a_window
from .test_assessments import wanted

pytestmark = pytest.mark.django_db

HOSTILE = "=cmd|' /C calc'!A0<b>\u202e"


def report(language: str = "en", programme: Programme | None = None) -> Document:
    return made(REPORTS["compliance"], a_window(programme.pk if programme else None), Words(language))


def table(document: Document, caption: str) -> Table:
    (found,) = (one for _, one in tables(document.sections) if one.caption == caption)
    return found


def line(document: Document, caption: str, first: str) -> Row:
    (found,) = (row for row in table(document, caption).rows if row.cells[0].value == first)
    return found


def said(document: Document) -> list[tuple[str, str]]:
    return [(one.text, one.tone) for one in document.lead]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_installation_says_what_is_missing(language: str) -> None:
    document, words = report(language), Words(language)
    assert said(document)[1] == (words("compliance.no_assessment"), "stop")
    assert words("compliance.no_programme") in csv_file.written(document)
    assert not table(document, words("compliance.assessments")).rows


def test_the_times_are_those_of_the_schedule() -> None:
    assert timedelta(days=compliance_pack.RECORD_DAYS) == schedule.CASE_RECORD


def test_the_numbers_of_the_evaluation_are_those_that_the_words_name() -> None:
    counts = {"fmr": (1, 36_616), "fnmr": (15, 814), "iapar": (0, 16), "bpcer": (0, 4)}
    bounds = {"fmr": fusion.FMR, "fnmr": fusion.FNMR, "iapar": fusion.APCER, "bpcer": fusion.BPCER}
    for name, (errors, trials) in counts.items():
        assert fusion.Rate(errors, trials).upper95 == bounds[name]  # type: ignore[attr-defined]
        assert f"{trials:,}" in Words()(f"laws.nist_{name}_figure", upper="x")


def test_every_line_has_its_words_in_every_language() -> None:
    found = requirements.lines(requirements.facts(a_window(), 0, 0))
    for language in LANGUAGES:
        words = Words(language)
        for one in found:
            assert all(words.has(f"laws.{one.law}_{one.key}_{part}") for part in ("article", "asks", "figure"))
            assert words.has(f"compliance.in_{one.where.replace('-', '_')}")
            assert words(f"laws.{one.law}_{one.key}_figure", **one.values)


def test_what_nobody_measured_is_said_and_what_is_not_met_too() -> None:
    found = {(one.law, one.key): one.state for one in requirements.lines(requirements.facts(a_window(), 0, 0))}
    assert found["nist", "groups"] is State.NOT_MEASURED
    assert found["cn_measures", "art7"] is State.NOT_MEASURED
    assert found["cn_measures", "art14"] is State.NOT_MEASURED
    assert found["nist", "fmr"] is State.NOT_MET
    assert found["nist", "iapar"] is State.NOT_MET
    assert found["gdpr", "art35"] is State.NOT_MET


def test_lines_are_filled_from_data() -> None:
    officer = factories.a_person(Role.RISK_OFFICER)
    record(officer, wanted())
    factories.a_consenting_session()
    factories.a_passed_case()
    log_state.verify(OPERATOR, seconds=5)
    document = report()
    assessed = line(document, Words()("laws.cn_measures"), "9")
    due = timezone.localdate() + timedelta(days=300)
    assert [cell.value for cell in assessed.cells[2:4]] == [f"1 in force, 0 past review; next due {due}", "answered"]
    assert line(document, Words()("laws.cn_measures"), "5").cells[2].value == (
        "1 of 1 programmes that film have a whole notice; without one nobody is asked"
    )
    assert line(document, Words()("laws.cn_measures"), "14").cells[3].value == "answered"
    assert (f"One impact assessment is in force; its review is due on {due}.", "good") in said(document)


def test_an_assessment_past_its_review_stops_the_reader() -> None:
    made_ = record(factories.a_person(Role.RISK_OFFICER), wanted())
    type(made_).objects.update(
        approved_on=timezone.localdate() - timedelta(days=9), review_due=timezone.localdate() - timedelta(days=1)
    )
    document = report()
    assert ("One impact assessment is past its review.", "stop") in said(document)
    assert table(document, "Impact assessments").rows[0].tone == "stop"


def test_the_limit_is_said_from_far_to_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        factories.a_passed_case()
    assert said(report())[0] == (
        "2 people have a record here, 0% of the 100,000 from which a filing is due.", "good"
    )  # fmt: skip
    monkeypatch.setattr(filing, "LIMIT", 2)
    filing.watch()
    text, tone = said(report())[0]
    assert tone == "stop"
    assert text.startswith("The limit of 2 people was reached on ")
    assert text.endswith("30 working days are left.")
    monkeypatch.setattr(filing, "WORKING_DAYS", 1)
    with time_machine.travel(timezone.now() + timedelta(days=14)):
        assert "working days ago" in said(report())[0][0]


def test_a_record_of_processing_says_what_a_programme_does() -> None:
    programme = factories.a_capture_programme(asks_voice=True, capture_region="face_and_neck")
    factories.a_session(programme)
    other = factories.a_programme_with_wider_views()
    document = report()
    record_of = table(document, programme.name)
    told = {row.cells[0].value: row.cells[1].value for row in record_of.rows}
    assert str(told["Data"]).startswith("filmed: face and neck, and the voice")
    assert told["The way without a face"] == "written in the notice"
    assert "whole frame" in str(line(document, other.name, "Who may see a face").cells[1].value)
    assert [one.name for one in processing.records(a_window(other.pk))] == [other.name]


def test_a_programme_that_films_without_another_way_stops_the_reader() -> None:
    programme = factories.a_capture_programme()
    factories.a_session(programme)
    Programme.objects.filter(pk=programme.pk).update(other_way="")
    assert line(report(), programme.name, "The way without a face").tone == "stop"


def test_what_lies_outside_is_named_by_host_alone(settings: object) -> None:
    assert [one.host for one in processing.helpers()] == ["", "", "", ""]
    settings.MEDIA_STORAGE, settings.EMAIL_FROM, settings.EMAIL_HOST = "s3", "a@b.example", "mail.example"  # type: ignore[attr-defined]
    settings.WITNESS_ADDRESS = "https://user:secret@witness.example/"  # type: ignore[attr-defined]
    assert [one.host for one in processing.helpers()] == ["s3", "", "mail.example", "witness.example"]
    settings.AWS_S3_ENDPOINT_URL = "https://key:secret@objects.example:9000"  # type: ignore[attr-defined]
    assert processing.helpers()[0].host == "objects.example"
    assert [processing._outside(host) for host in ("/run/socket", "localhost", "db.example")] == ["", "", "db.example"]


def test_hostile_text_of_programmes_is_harmless() -> None:
    programme = factories.a_programme()
    Programme.objects.filter(pk=programme.pk).update(name=HOSTILE, purpose=HOSTILE)
    text = csv_file.written(report())
    assert "\u202e" not in text
    assert '"=cmd' not in text
    assert "'=cmd" in text
