"""Reports over a million entries: `python3 manage.py test tests/benchmarks/bench_reports.py -n 0 -s`.

Writes three months of work, counts it as the sweeper does, and times every page of reports and every report on paper.
Asserted is what the product promises: a page within a second, twenty pages of paper within three.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.reports.days import count_everything
from tests.reports.test_pdf import a_document
from verification.access.roles import Role
from verification.reports import pdf_file, tallies
from verification.reports.models import Counted
from verification.reports.registry import REPORTS

from .days_of_work import Work

pytestmark = pytest.mark.django_db(transaction=True)

MILLION = 1_000_000
DAYS = 90
# About eight entries a case.
A_DAY = 1_350
PERIODS = (("7 days", 7), ("31 days", 31), ("90 days", 90))


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def settled() -> None:
    """As the database's own housekeeping would leave it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def test_every_page_of_reports_over_a_million_entries() -> None:
    programmes = [factories.a_programme() for _ in range(3)]
    people = [factories.a_person(Role.REVIEWER) for _ in range(25)]
    now = timezone.now()
    entries = Work(now, DAYS, A_DAY, programmes, people).write()
    settled()
    counting = seconds(count_everything) + seconds(lambda: [None for _ in iter(tallies.count_published, 0)])
    settled()
    print(f"\n{entries:,} entries of {DAYS} days; counted in {counting:.1f} s ({entries / counting:,.0f} a second)")
    assert entries >= MILLION
    assert Counted.objects.get().size >= MILLION
    officer = Client()
    officer.force_login(factories.a_person(Role.RISK_OFFICER))
    slow = {name: took for name, took in _pages(officer, str(programmes[0].pk)) if took > 1}
    assert slow == {}


def _pages(officer: Client, programme: str) -> list[tuple[str, float]]:
    found = []
    # The first drawing of a process begins a JavaScript engine; the site's own processes have done so long ago.
    officer.get(reverse("report", args=["who-looked"]))
    for name, days in PERIODS:
        first = timezone.localdate() - timedelta(days=days)
        asked = {"from": first.isoformat(), "to": timezone.localdate().isoformat()}
        pages = [("overview", reverse("reports"))]
        pages += [(key, reverse("report", args=[key])) for key in REPORTS]
        for key, address in pages:
            choices: tuple[dict[str, str], ...] = ({}, {"programme": programme})
            for chosen in choices:
                took = min(seconds(partial(officer.get, address, asked | chosen)) for _ in range(5))
                label = f"{key}, {name}{', one programme' if chosen else ''}"
                print(f"page   {label:<50} {took:6.2f} s")
                found.append((label, took))
        for key in REPORTS:
            took = seconds(partial(officer.get, reverse("report-pdf", args=[key]), asked))
            print(f"paper  {key + ', ' + name:<50} {took:6.2f} s")
    took = seconds(lambda: officer.get(reverse("reports-log")))
    print(f"page   {'audit log':<50} {took:6.2f} s")
    return [*found, ("audit log", took)]


def test_twenty_pages_of_paper() -> None:
    document = a_document(rows=800)
    pdf_file.written(a_document())
    took = seconds(lambda: pdf_file.written(document))
    pages = len(pdf_file.pictures(document, ppi=5))
    print(f"\n{pages} pages of paper in {took:.2f} s")
    assert pages >= 20
    assert took < 3
