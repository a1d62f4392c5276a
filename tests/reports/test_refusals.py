"""What was refused is counted by kind and reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests import factories
from verification.access.roles import Role
from verification.audit import attempts
from verification.reports import refusals
from verification.review import grants

from .days import a_window

pytestmark = pytest.mark.django_db


def test_refused_looks_are_counted_by_reason_and_by_how_many_people_tried() -> None:
    one, two = factories.a_person(Role.REVIEWER), factories.a_person(Role.REVIEWER)
    for person, times in ((one, 2), (two, 1)):
        for _ in range(times):
            with pytest.raises(grants.LookRefused):
                grants.redeem("no such ticket", session_key="session", reviewer=person)
    assert refusals.refusals(a_window()) == [refusals.Refusal("crop:refused", "ticket_unknown", times=3, people=2)]


def test_ordinary_events_are_no_refusals() -> None:
    factories.a_passed_case()
    assert refusals.refusals(a_window()) == []


def test_attempts_that_share_an_entry_are_counted_one_by_one() -> None:
    person = factories.a_person(Role.REVIEWER)
    with time_machine.travel(timezone.now(), tick=False):
        for _ in range(40):
            with pytest.raises(grants.LookRefused):
                grants.redeem("no such ticket", session_key="session", reviewer=person)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert attempts.sum_up() == 1
        found = refusals.refusals(a_window())
    assert found == [refusals.Refusal("crop:refused", "ticket_unknown", times=40, people=1)]
