"""People are counted once for each programme, the limit is written down once, and the clock runs from that day."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from tests import factories
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.reports import filing
from verification.retention.erase import erase_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limit_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "LIMIT", 3)


def a_person_in(programme: object = None, subject: str = "") -> Case:
    case = factories.a_passed_case(programme)  # type: ignore[arg-type]
    if subject:
        Case.objects.filter(pk=case.pk).update(subject=subject)
    return case


def test_the_law_s_numbers() -> None:
    assert (filing.WARN_FROM, filing.WORKING_DAYS) == (0.8, 30)


def test_without_cases_there_is_nobody() -> None:
    factories.a_programme()
    found = filing.filing()
    assert (found.people, found.stored, found.share, found.near, found.due_on) == (0, 0, 0, False, None)
    assert filing.watch() == 0


def test_a_person_counts_once_in_a_programme_and_again_in_another() -> None:
    programme = factories.a_programme()
    for _ in range(2):
        a_person_in(programme, "a" * 64)
    a_person_in(subject="a" * 64)
    found = filing.filing()
    assert [one.people for one in found.programmes] == [1, 1]
    assert found.people == 2


def test_erased_and_known_cases_are_nobody() -> None:
    erase_case(a_person_in().pk, actor=OPERATOR)
    Case.objects.filter(pk=a_person_in().pk).update(known=True)
    assert filing.filing().people == 0


def test_people_with_sealed_images_are_told_apart() -> None:
    a_person_in()
    factories.a_received_case()
    found = filing.filing()
    assert (found.people, found.stored) == (2, 1)


def test_a_warning_comes_before_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "LIMIT", 5)
    for _ in range(3):
        a_person_in()
    assert not filing.filing().near
    a_person_in()
    assert filing.filing().near
    assert filing.watch() == 0


def test_the_limit_is_written_down_once_and_an_erasure_does_not_undo_it() -> None:
    cases = [a_person_in() for _ in range(3)]
    assert filing.watch() == 1
    assert filing.watch() == 0
    erase_case(cases[0].pk, actor=OPERATOR)
    (entry,) = Entry.objects.filter(event="filing:limit-reached")
    assert json.loads(entry.body)["facts"] == {"people": 3, "limit": 3}
    found = filing.filing()
    assert found.people == 2
    assert (found.reached_on, found.near) == (timezone.localdate(), False)


def test_the_clock_runs_for_thirty_working_days_and_then_tells_how_late_it_is(settings: object) -> None:
    with time_machine.travel("2026-10-05 12:00:00+00:00", tick=False):
        for _ in range(3):
            a_person_in()
        filing.watch()
    found = filing.filing(date(2026, 10, 6))
    assert (found.due_on, found.days_left) == (date(2026, 11, 16), 29)
    assert filing.filing(date(2026, 11, 17)).days_left == -1
    settings.PUBLIC_HOLIDAYS = frozenset({date(2026, 10, 7)})  # type: ignore[attr-defined]
    assert filing.filing(date(2026, 10, 6)).due_on == date(2026, 11, 17)


def test_another_limit_is_another_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        a_person_in()
    filing.watch()
    monkeypatch.setattr(filing, "LIMIT", 4)
    assert filing.filing(timezone.localdate() + timedelta(days=1)).reached_on is None
