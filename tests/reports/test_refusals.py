"""What was refused is counted by kind and reason."""

from __future__ import annotations

import pytest

from tests import factories
from verification.access.roles import Role
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
