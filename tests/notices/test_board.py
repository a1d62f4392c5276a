"""A notice reaches each person once, and ends by being read, settled or forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from tests.factories import a_person
from verification.access import directory
from verification.access.assignment import take_role
from verification.access.models import User
from verification.access.people import deactivate
from verification.access.roles import Permission, Role
from verification.notices import board
from verification.notices.models import Notice

pytestmark = pytest.mark.django_db
ASKED = Notice.Kind.WIDER_ASKED
OVERDUE = Notice.Kind.QUEUE_OVERDUE


@pytest.fixture
def senior() -> User:
    return a_person(Role.SENIOR_REVIEWER)


def test_the_same_notice_is_put_up_once_for_each_person(senior: User) -> None:
    other = a_person(Role.SENIOR_REVIEWER)
    assert board.notify(ASKED, "view-1", [senior]) == 1
    assert board.notify(ASKED, "view-1", [senior, other, other]) == 1
    assert (board.open_for(senior).count(), board.open_for(other).count()) == (1, 1)


def test_another_kind_or_another_subject_is_another_notice(senior: User) -> None:
    for kind, subject in ((ASKED, "view-1"), (ASKED, "view-2"), (OVERDUE, "view-1")):
        board.notify(kind, subject, [senior])
    assert board.open_for(senior).count() == 3


def test_a_notice_that_was_read_or_settled_is_not_put_up_again(senior: User) -> None:
    board.notify(ASKED, "view-1", [senior])
    board.settle(ASKED, "view-1")
    assert board.notify(ASKED, "view-1", [senior]) == 0
    assert not board.open_for(senior).exists()


def test_settling_ends_a_notice_for_everybody_and_may_be_repeated(senior: User) -> None:
    other = a_person(Role.SENIOR_REVIEWER)
    board.notify(ASKED, "view-1", [senior, other])
    board.notify(ASKED, "view-2", [senior])
    assert board.settle(ASKED, "view-1") == 2
    assert board.settle(ASKED, "view-1") == 0
    assert [notice.subject for notice in board.open_for(senior)] == ["view-2"]


def test_reading_ends_a_notice_for_its_reader_alone(senior: User) -> None:
    other = a_person(Role.SENIOR_REVIEWER)
    board.notify(ASKED, "view-1", [senior, other])
    mine = board.open_for(senior).get()
    assert board.mark_read(other, mine.pk) is None
    assert board.mark_read(senior, mine.pk) == mine
    assert (board.open_for(senior).count(), board.open_for(other).count()) == (0, 1)
    assert board.all_for(senior).count() == 1


def test_whose_access_has_ended_is_told_nothing(senior: User) -> None:
    deactivate(a_person(Role.ADMINISTRATOR), senior)
    senior.refresh_from_db()
    assert board.notify(ASKED, "view-1", [senior]) == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_taken_back_takes_its_notice_with_it(senior: User) -> None:
    with transaction.atomic():
        board.notify(ASKED, "view-1", [senior])
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_notices_are_forgotten_after_thirty_days(senior: User) -> None:
    board.notify(ASKED, "view-1", [senior])
    with time_machine.travel(timezone.now() + board.KEPT_FOR - timedelta(minutes=1)):
        assert board.forget_old() == 0
    with time_machine.travel(timezone.now() + board.KEPT_FOR + timedelta(minutes=1)):
        assert board.forget_old() == 1


def test_who_may_do_something_is_asked_of_the_roles_held_now(senior: User) -> None:
    risk = a_person(Role.RISK_OFFICER)
    left, demoted = a_person(Role.SENIOR_REVIEWER), a_person(Role.SENIOR_REVIEWER)
    administrator = a_person(Role.ADMINISTRATOR)
    deactivate(administrator, left)
    take_role(administrator, demoted, Role.SENIOR_REVIEWER)
    assert set(directory.who_may(Permission.WIDER_APPROVE)) == {senior, risk}
    assert set(directory.who_may(Permission.QUEUE_OVERSEE)) == {senior}
