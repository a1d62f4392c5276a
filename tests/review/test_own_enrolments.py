"""Staff are subjects too: an administrator notes it, and no case of theirs comes to them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_case_in_review, a_person
from verification.access.assignment import Refused
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.cases.programmes import subject_hash
from verification.review import own_enrolments, queue
from verification.review.models import Claim, OwnEnrolment

pytestmark = pytest.mark.django_db
REFERENCE = "customer-81f3"


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


@pytest.fixture
def administrator(client: Client) -> User:
    person = a_person(Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def own_case() -> Case:
    case = a_case_in_review()
    Case.objects.filter(pk=case.pk).update(subject=subject_hash(case.programme, REFERENCE))
    return case


def test_a_noted_case_never_comes_and_after_the_note_is_removed_it_does(
    client: Client, administrator: User, reviewer: User
) -> None:
    case = own_case()
    sent = {"programme": case.programme_id, "reference": f" {REFERENCE} "}
    client.post(reverse("person-own-enrolment", args=[reviewer.pk]), sent)
    assert queue.take_next(reviewer) is None
    noted = OwnEnrolment.objects.get()
    client.post(reverse("person-own-enrolment-remove", args=[reviewer.pk]), {"noted": noted.pk})
    assert queue.take_next(reviewer) is not None
    events = Entry.objects.filter(event__startswith="own-enrolment:").order_by("id")
    assert [entry.event for entry in events] == [Event.OWN_ENROLMENT_NOTED, Event.OWN_ENROLMENT_REMOVED]


def test_the_reference_is_kept_nowhere_and_shown_to_nobody(client: Client, administrator: User, reviewer: User) -> None:
    case = own_case()
    sent = {"programme": case.programme_id, "reference": REFERENCE}
    page = client.post(reverse("person-own-enrolment", args=[reviewer.pk]), sent, follow=True).content.decode()
    assert "never come to them" in page
    assert REFERENCE not in page
    assert REFERENCE not in "".join(Entry.objects.values_list("body", flat=True))
    assert OwnEnrolment.objects.get().subject == subject_hash(case.programme, REFERENCE)


def test_a_case_in_hand_is_taken_away_at_once(administrator: User, reviewer: User) -> None:
    case = own_case()
    claim = queue.take_next(reviewer)
    assert claim is not None
    assert own_enrolments.note(administrator, reviewer, case.programme, REFERENCE)
    claim.refresh_from_db()
    assert claim.end == Claim.End.OWN_ENROLMENT
    assert queue.take_next(a_person(Role.REVIEWER)) is not None


def test_noting_twice_and_removing_twice_change_nothing(client: Client, administrator: User, reviewer: User) -> None:
    programme = own_case().programme
    assert [own_enrolments.note(administrator, reviewer, programme, REFERENCE) for _ in range(2)] == [True, False]
    noted = OwnEnrolment.objects.get().pk
    assert [own_enrolments.remove(administrator, reviewer, noted) for _ in range(2)] == [True, False]
    page = client.post(reverse("person-own-enrolment-remove", args=[reviewer.pk]), {"noted": "x"}, follow=True)
    assert "removed before" in page.content.decode()


@pytest.mark.parametrize("reference", ["", "   ", "x" * 129, "a\x07b"])
def test_what_is_no_reference_is_refused(client: Client, administrator: User, reviewer: User, reference: str) -> None:
    sent = {"programme": own_case().programme_id, "reference": reference}
    page = client.post(reverse("person-own-enrolment", args=[reviewer.pk]), sent, follow=True)
    assert "Nothing was noted." in page.content.decode()
    assert not OwnEnrolment.objects.exists()


def test_only_administrators_note(reviewer: User) -> None:
    programme = own_case().programme
    with pytest.raises(Refused):
        own_enrolments.note(reviewer, reviewer, programme, REFERENCE)
    with pytest.raises(Refused):
        own_enrolments.remove(reviewer, reviewer, 1)
