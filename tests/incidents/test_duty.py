"""Who is on duty: said by the senior, taken back by the senior, and ended when it was forgotten or the role is gone."""

from __future__ import annotations

import json

import pytest

from tests.factories import a_person
from verification.access.assignment import Refused, take_role
from verification.access.people import deactivate
from verification.access.roles import Role
from verification.incidents import duty
from verification.incidents.models import DutyShift

from .worries import later, logged

pytestmark = pytest.mark.django_db


def reasons() -> list[str]:
    return [json.loads(entry.body)["facts"]["reason"] for entry in logged("duty:ended")]


def test_a_senior_goes_on_duty_and_off_again_once_each() -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    assert [duty.start(senior), duty.start(senior)] == [True, False]
    assert duty.on_duty() == [senior]
    assert [duty.stop(senior), duty.stop(senior)] == [True, False]
    assert duty.on_duty() == []
    assert (len(logged("duty:started")), reasons()) == (1, ["own"])


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_nobody_else_goes_on_duty(role: Role) -> None:
    with pytest.raises(Refused):
        duty.start(a_person(role))
    assert not DutyShift.objects.exists()


def test_a_forgotten_shift_ends_after_twelve_hours_and_counts_no_longer_even_before_the_sweeper_came() -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    duty.start(senior)
    with later(hours=11, minutes=59):
        assert duty.end_overdue() == 0
        assert duty.on_duty() == [senior]
    with later(hours=12):
        assert duty.on_duty() == []
        assert duty.end_overdue() == 1
        assert duty.end_overdue() == 0
        assert duty.start(senior)
    assert reasons() == ["time_limit"]
    assert json.loads(logged("duty:ended")[0].body)["facts"]["person"] == str(senior.pk)


def test_the_shift_of_somebody_who_lost_the_role_or_their_access_ends() -> None:
    administrator = a_person(Role.ADMINISTRATOR)
    without_role, without_access = a_person(Role.SENIOR_REVIEWER), a_person(Role.SENIOR_REVIEWER)
    for senior in (without_role, without_access):
        duty.start(senior)
    take_role(administrator, without_role, Role.SENIOR_REVIEWER)
    deactivate(administrator, without_access)
    assert duty.on_duty() == []
    assert duty.end_overdue() == 2
    assert reasons() == ["role_taken", "role_taken"]


def test_shifts_are_forgotten_after_ninety_days() -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    duty.start(senior)
    duty.stop(senior)
    with later(days=89):
        assert duty.forget() == 0
    with later(days=91):
        assert duty.forget() == 1
