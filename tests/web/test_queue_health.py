"""The seniors' screen, and the reviewer's first one: counts, nobody's case, and what is one's own."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_case_in_review, a_case_on_which_votes_differ, a_claim, a_person
from verification.access.models import User
from verification.access.roles import Role
from verification.cases.models import Case
from verification.review import health, queue, setting_aside
from verification.review.models import ReviewItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def senior(client: Client) -> User:
    person = a_person(Role.SENIOR_REVIEWER)
    client.force_login(person)
    return person


def test_every_state_of_a_case_is_counted_where_it_belongs(client: Client, senior: User) -> None:
    a_case_on_which_votes_differ()
    for verb in ("hold", "hand over", "keep"):
        claim = a_claim()
        if verb == "hold":
            setting_aside.hold(claim.pk, claim.reviewer, reason="need_a_break", minutes=5)
        elif verb == "hand over":
            setting_aside.hand_over(claim.pk, claim.reviewer, None)
    late = a_case_in_review(with_care=True)
    ReviewItem.objects.filter(pk=late.pk).update(due_at=late.received_at)
    now = health.oversight()
    assert (now.waiting.waiting, now.held, now.handed_over, now.claimed) == (3, 1, 1, 1)
    assert (now.overdue, now.with_care, now.differing, now.settling) == (1, 1, 1, 0)
    assert sum(cases for _name, cases in now.by_programme) == 3


def test_the_screen_names_no_case_and_leads_to_none(client: Client, senior: User) -> None:
    case = a_case_in_review()
    client.get("/review")
    page = client.get(reverse("queue-health")).content.decode()
    assert case.programme.name in page
    assert "of 1, in the last 10 minutes" in page
    for case in Case.objects.all():
        assert str(case.pk) not in page
        assert case.code not in re.sub(r'"[^"]*"', "", page)


def test_an_empty_queue_says_why_nothing_is_listed(client: Client, senior: User) -> None:
    assert "A programme appears here when" in client.get(reverse("queue-health")).content.decode()


def test_what_was_put_aside_is_shown_to_its_reviewer(client: Client, senior: User) -> None:
    claim = a_claim(senior)
    setting_aside.hold(claim.pk, senior, reason="need_a_break", minutes=5)
    page = client.get("/review").content.decode()
    assert "Put aside by you" in page
    assert claim.item.case.code in page


def test_the_first_screen_and_the_health_change_when_a_case_comes(client: Client, senior: User) -> None:
    def versions() -> dict[str, str]:
        return dict(client.post("/live", {"topic": ["queue", "health"]}).json()["versions"])

    before = versions()
    a_case_in_review()
    after = versions()
    assert before["queue"] != after["queue"]
    assert before["health"] != after["health"]
    queue.take_next(senior)
    assert versions()["queue"] != after["queue"]
