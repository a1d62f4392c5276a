"""A case moves only where the table says, only from where it was read, and never without a line in the log."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from tests.factories import a_received_case
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.cases.lifecycle import CHECK_LEASE, LostRace, NoSuchTransition, advance, end_lease, lease_for_checks
from verification.cases.models import Case
from verification.cases.states import CLOSED, MEANING, TRANSITIONS, CaseStatus, Outcome, diagram


def test_every_state_is_in_the_table_and_explained() -> None:
    assert set(TRANSITIONS) == set(MEANING) == set(CaseStatus)


def test_a_closed_case_can_only_be_erased() -> None:
    for status in CLOSED - {CaseStatus.ERASED}:
        assert TRANSITIONS[status] == {CaseStatus.ERASED}
    assert TRANSITIONS[CaseStatus.ERASED] == set()


def test_no_machine_can_turn_a_person_away() -> None:
    assert CaseStatus.DECIDED not in TRANSITIONS[CaseStatus.CHECKING]
    assert "rejected" not in {*CaseStatus, *Outcome}


def test_the_readme_shows_the_diagram_that_the_table_draws() -> None:
    readme = (Path(settings.BASE_DIR) / "README.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram()}\n```" in readme


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "to"), [(b, t) for b, t in product(CaseStatus, CaseStatus) if t not in TRANSITIONS[b]]
)
def test_a_step_that_the_table_does_not_know_is_refused(before: CaseStatus, to: CaseStatus) -> None:
    case = a_received_case()
    case.status = before
    with pytest.raises(NoSuchTransition):
        advance(case, to, actor=OPERATOR)
    assert Case.objects.get(pk=case.pk).status == CaseStatus.RECEIVED


@pytest.mark.django_db
def test_the_second_of_two_movers_loses_and_changes_nothing() -> None:
    case = lease_for_checks(a_received_case().pk)
    assert case is not None
    stale = Case.objects.get(pk=case.pk)
    advance(case, CaseStatus.PASSED, actor=OPERATOR, outcome=Outcome.VERIFIED)
    with pytest.raises(LostRace):
        advance(stale, CaseStatus.IN_REVIEW, actor=OPERATOR)
    assert Case.objects.get(pk=case.pk).status == CaseStatus.PASSED
    assert Entry.objects.filter(event=Event.CASE_ADVANCED).count() == 1


@pytest.mark.django_db
def test_a_leased_case_is_not_leased_twice() -> None:
    case = a_received_case()
    assert lease_for_checks(case.pk) is not None
    assert lease_for_checks(case.pk) is None


@pytest.mark.django_db
def test_a_case_whose_worker_was_lost_is_leased_again_and_the_lost_one_cannot_write() -> None:
    first = lease_for_checks(a_received_case().pk)
    assert first is not None
    with time_machine.travel(timezone.now() + CHECK_LEASE + timedelta(seconds=1)):
        second = lease_for_checks(first.pk)
    assert second is not None
    assert (second.attempts, second.fence) == (2, first.fence + 1)
    with pytest.raises(LostRace):
        advance(first, CaseStatus.PASSED, actor=OPERATOR)


@pytest.mark.django_db
def test_a_lease_that_is_given_back_is_free_at_once() -> None:
    case = lease_for_checks(a_received_case().pk)
    assert case is not None
    end_lease(case)
    assert lease_for_checks(case.pk) is not None


@pytest.mark.django_db
def test_a_missing_case_is_nothing_to_lease() -> None:
    assert lease_for_checks("00000000-0000-0000-0000-000000000000") is None
