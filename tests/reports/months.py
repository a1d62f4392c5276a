"""Months that are over: something to make reports of."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import time_machine

from tests import factories
from verification.cases.models import Programme
from verification.reports import monthly
from verification.reports.models import MonthlyFile, MonthlyReport

from .days import count_everything

AUGUST = date(2026, 8, 1)
_years = itertools.count(2000)


def work_on(moment: datetime, programme: Programme | None = None) -> None:
    with time_machine.travel(moment, tick=False):
        factories.a_passed_case(programme)


def counted_at(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        count_everything()


def a_month_that_is_over(programme: Programme | None = None) -> datetime:
    """One case in August, counted in September. Returns the moment at which the month's reports are due."""
    work_on(datetime(2026, 8, 14, 10, tzinfo=UTC), programme)
    due = datetime(2026, 9, 1, 0, 10, tzinfo=UTC)
    counted_at(due)
    return due


def a_planned_report() -> MonthlyReport:
    a_month_that_is_over()
    return MonthlyReport.objects.create(month=AUGUST, report="decisions")


def a_monthly_file() -> MonthlyFile:
    """A file whose content nobody reads, of a month of its own."""
    report = MonthlyReport.objects.create(month=date(next(_years), 8, 1), report="who-looked")
    return MonthlyFile.objects.create(
        report=report, language="en", form="csv", name="who-looked.csv", content=b"x", sha256="0" * 64, entry_id=1
    )


def all_made() -> None:
    for report in MonthlyReport.objects.filter(made_at__isnull=True):
        assert monthly.make(report.pk)
