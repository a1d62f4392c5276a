"""Whoever may answer is told that somebody asks, and the asker that somebody answered; never about whom."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.factories import a_person, a_ready_view, an_asked_view
from verification.access.models import User
from verification.access.roles import Role
from verification.notices import board
from verification.notices.models import Notice
from verification.wider import endings
from verification.wider.answers import answer, withdraw
from verification.wider.models import Tier, WiderView

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return a_person(Role.RISK_OFFICER)


def waits_for(person: User) -> list[str]:
    return [notice.kind for notice in board.open_for(person)]


def say(view: WiderView, approver: User, *, approves: bool = True) -> None:
    answer(view.pk, approver, approves=approves, ring=lambda _view_id: None)


def test_everybody_who_may_answer_is_told_and_nobody_else(officer: User) -> None:
    senior, reviewer, administrator = (
        a_person(role) for role in (Role.SENIOR_REVIEWER, Role.REVIEWER, Role.ADMINISTRATOR)
    )
    view = an_asked_view()
    for person in (officer, senior):
        assert waits_for(person) == [Notice.Kind.WIDER_ASKED]
    for person in (reviewer, administrator, view.asked_by):
        assert waits_for(person) == []


def test_it_waits_until_enough_have_agreed(officer: User) -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    view = an_asked_view(Tier.FRAME)
    say(view, officer)
    assert waits_for(senior) == [Notice.Kind.WIDER_ASKED]
    assert waits_for(view.asked_by) == []
    say(view, senior)
    assert waits_for(senior) == waits_for(officer) == []
    assert waits_for(view.asked_by) == [Notice.Kind.WIDER_ANSWERED]


def test_a_no_is_told_too(officer: User) -> None:
    view = an_asked_view()
    say(view, officer, approves=False)
    assert waits_for(officer) == []
    assert waits_for(view.asked_by) == [Notice.Kind.WIDER_ANSWERED]


def test_what_is_withdrawn_or_late_waits_for_nobody(officer: User) -> None:
    withdrawn, late = an_asked_view(), an_asked_view()
    assert len(waits_for(officer)) == 2
    withdraw(withdrawn.pk, withdrawn.asked_by)
    WiderView.objects.filter(pk=late.pk).update(answer_by=timezone.now())
    endings.end_overdue()
    assert waits_for(officer) == []


def test_an_answer_is_old_news_once_the_view_has_ended() -> None:
    view = a_ready_view()
    assert waits_for(view.asked_by) == [Notice.Kind.WIDER_ANSWERED]
    WiderView.objects.update(ends_at=timezone.now())
    endings.end_overdue()
    assert waits_for(view.asked_by) == []


def test_a_notice_says_nothing_of_the_case_or_the_reason() -> None:
    view = an_asked_view()
    for notice in Notice.objects.all():
        assert notice.subject == str(view.pk)
