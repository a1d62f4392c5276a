"""The reports of a month are made when it is over, once, by whoever comes first, and are found again as they were."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from celery import current_app
from django.test import Client
from django.urls import reverse

from tests import factories
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.cases.models import Programme
from verification.notices.models import Notice
from verification.reports import monthly
from verification.reports.models import MonthlyFile, MonthlyReport
from verification.reports.registry import REPORTS

from .months import AUGUST, a_month_that_is_over, a_planned_report, all_made, counted_at, work_on
from .test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that a worker was told of."""
    told: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: told.extend(args))
    return told


def test_each_report_is_due_for_all_programmes_and_for_each_when_the_month_is_over(rung: list[str]) -> None:
    programme = factories.a_programme()
    due = a_month_that_is_over(programme)
    assert monthly.ring_due(due) == len(rung) == 2 * len(REPORTS)
    assert set(MonthlyReport.objects.values_list("month", flat=True)) == {AUGUST}
    assert set(MonthlyReport.objects.values_list("programme", flat=True)) == {None, programme.pk}


def test_nothing_is_due_before_the_month_is_over_and_counted_past_its_end(rung: list[str]) -> None:
    work_on(datetime(2026, 8, 14, 10, tzinfo=UTC))
    counted_at(datetime(2026, 9, 1, 0, 9, tzinfo=UTC))
    # The month is over by the clock; but what was written in it and committed late may not be counted yet.
    assert monthly.ring_due(datetime(2026, 9, 3, tzinfo=UTC)) == 0
    assert rung == []


def test_nothing_was_ever_counted_is_nothing_due(rung: list[str]) -> None:
    assert monthly.ring_due() == 0


def test_months_that_were_missed_are_made_up_for_a_year_back(rung: list[str]) -> None:
    work_on(datetime(2024, 1, 5, tzinfo=UTC))
    counted_at(datetime(2026, 3, 2, tzinfo=UTC))
    monthly.ring_due(datetime(2026, 3, 2, tzinfo=UTC))
    months = sorted(set(MonthlyReport.objects.values_list("month", flat=True)))
    assert (len(months), f"{months[0]:%Y-%m}", f"{months[-1]:%Y-%m}") == (12, "2025-03", "2026-02")


def test_a_report_is_made_in_both_languages_on_paper_and_once_for_a_spreadsheet() -> None:
    report = a_planned_report()
    assert monthly.make(report.pk)
    files = list(report.files.all())
    assert [(file.form, file.language) for file in files] == [("csv", "en"), ("pdf", "en"), ("pdf", "zh-hans")]
    for file in files:
        content = bytes(file.content)
        facts = json.loads(Entry.objects.get(pk=file.entry_id).body)["facts"]
        assert facts["sha256"] == file.sha256 == hashlib.sha256(content).hexdigest()
        assert (facts["first"], facts["last"]) == ("2026-08-01", "2026-08-31")
        assert content.startswith(b"%PDF-" if file.form == "pdf" else b"\xef\xbb\xbf")
    assert "One case was closed by machine" in bytes(files[0].content).decode()


def test_made_twice_it_is_made_once() -> None:
    report = a_planned_report()
    assert monthly.make(report.pk)
    assert not monthly.make(report.pk)
    assert MonthlyFile.objects.count() == 3
    assert Entry.objects.filter(event="report:made").count() == 3


def test_a_failure_halfway_leaves_nothing_and_the_next_try_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    report = a_planned_report()
    with monkeypatch.context() as patch:
        patch.setattr(monthly, "_tell", lambda month: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            monthly.make(report.pk)
    assert not MonthlyFile.objects.exists()
    assert monthly.make(report.pk)


def test_a_message_that_was_lost_is_sent_again_later(rung: list[str]) -> None:
    due = a_month_that_is_over()
    first = monthly.ring_due(due)
    assert monthly.ring_due(due + timedelta(minutes=9)) == 0
    assert monthly.ring_due(due + timedelta(minutes=11)) == first
    all_made()
    assert monthly.ring_due(due + timedelta(hours=1)) == 0


def test_a_broker_that_is_away_costs_delay_and_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", away)
    assert monthly.ring_due(a_month_that_is_over()) == 0
    assert MonthlyReport.objects.filter(made_at__isnull=True).exists()


def test_risk_officers_hear_of_it_once_when_the_last_report_of_the_month_is_made(rung: list[str]) -> None:
    officer = factories.a_person(Role.RISK_OFFICER)
    factories.a_person(Role.REVIEWER)
    monthly.ring_due(a_month_that_is_over())
    *earlier, last = MonthlyReport.objects.all()
    for report in earlier:
        monthly.make(report.pk)
    told = Notice.objects.filter(kind=Notice.Kind.MONTHLY_REPORTS)
    assert not told.exists()
    monthly.make(last.pk)
    assert [(notice.to_id, notice.subject) for notice in told] == [(officer.pk, "2026-08")]


def test_a_programme_that_came_later_has_no_report_of_a_month_before_it(rung: list[str]) -> None:
    due = a_month_that_is_over()
    monthly.ring_due(due)
    planned = MonthlyReport.objects.count()
    factories.a_programme()
    monthly.ring_due(due + timedelta(days=1))
    assert MonthlyReport.objects.count() == planned


def test_a_report_that_this_version_does_not_know_is_left_alone() -> None:
    report = MonthlyReport.objects.create(month=AUGUST, report="of-old")
    assert not monthly.make(report.pk)
    assert not monthly.make(uuid4())


def test_the_page_lists_every_file_with_its_proof_and_hands_it_out_as_it_was() -> None:
    report = a_planned_report()
    monthly.make(report.pk)
    Programme.objects.update(name="<b>\u202e")
    client: Client = signed_in(Role.RISK_OFFICER)[0]
    shown = client.get(reverse("reports-monthly")).content.decode()
    assert "August 2026" in shown
    for file in report.files.all():
        assert reverse("reports-log-proof", args=[file.entry_id]) in shown
        answer = client.get(reverse("reports-monthly-file", args=[file.pk]))
        assert answer.content == bytes(file.content)
        assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'


def test_a_month_without_reports_says_why(client: Client) -> None:
    officer = signed_in(Role.RISK_OFFICER)[0]
    assert "No month is over yet" in officer.get(reverse("reports-monthly")).content.decode()
    assert officer.get(reverse("reports-monthly-file", args=[uuid4()])).status_code == 404


def test_the_month_is_that_of_the_installations_own_time_zone() -> None:
    with time_machine.travel("2026-09-10T00:00:00Z"):
        window = monthly.window_of(AUGUST)
    assert (str(window.first_day), str(window.last_day)) == ("2026-08-01", "2026-08-31")
