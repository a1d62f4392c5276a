"""Who may do what, and who may hand it out."""

from __future__ import annotations

import threading
from itertools import product
from uuid import uuid4

import pytest
from django.db import connection

from tests.factories import a_person
from verification.access.assignment import Refused, facts_about, give_role, take_role
from verification.access.models import RoleGrant, User
from verification.access.people import UsernameTaken, add_person, deactivate, reactivate, reset_password
from verification.access.roles import GRANTS, LOOKING, MEANING, Permission, Role
from verification.access.rules import Allowed, Denied, Person, may, may_give_role, may_take_role
from verification.audit.events import Event
from verification.audit.models import Entry

PICTURES = {Permission.CASE_REVIEW, Permission.CROP_LOOK}


def test_only_reviewers_may_look() -> None:
    for role in Role:
        assert bool(GRANTS[role] & PICTURES) is (role in LOOKING)


def test_every_role_is_explained_in_words() -> None:
    assert set(MEANING) == set(GRANTS) == set(Role)


def test_a_person_without_roles_or_access_may_do_nothing() -> None:
    nobody = Person(uuid4(), frozenset())
    gone = Person(uuid4(), frozenset(Role), active=False)
    for person, permission in product((nobody, gone), Permission):
        assert not may(person, permission)


def administrator() -> Person:
    return Person(uuid4(), frozenset({Role.ADMINISTRATOR}))


@pytest.mark.parametrize("role", Role)
def test_an_administrator_gives_any_role_to_somebody_without_one(role: Role) -> None:
    assert may_give_role(administrator(), Person(uuid4(), frozenset()), role) == Allowed()


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_or_takes_their_own_role(role: Role) -> None:
    giver = administrator()
    for ruling in (may_give_role(giver, giver, role), may_take_role(giver, giver, role)):
        assert isinstance(ruling, Denied)
        assert ruling.reason == "own_role"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_give_and_take(role: Role) -> None:
    giver = Person(uuid4(), frozenset({role}))
    assert not may_give_role(giver, Person(uuid4(), frozenset()), Role.REVIEWER)
    assert not may_take_role(giver, Person(uuid4(), frozenset({Role.REVIEWER})), Role.REVIEWER)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.REVIEWER, Role.ADMINISTRATOR),
        (Role.REVIEWER, Role.RISK_OFFICER),
        (Role.SENIOR_REVIEWER, Role.ADMINISTRATOR),
        (Role.SENIOR_REVIEWER, Role.RISK_OFFICER),
        (Role.RISK_OFFICER, Role.REVIEWER),
        (Role.RISK_OFFICER, Role.ADMINISTRATOR),
        (Role.ADMINISTRATOR, Role.SENIOR_REVIEWER),
        (Role.ADMINISTRATOR, Role.RISK_OFFICER),
    ],
)
def test_looking_auditing_and_managing_are_kept_apart(held: Role, wanted: Role) -> None:
    ruling = may_give_role(administrator(), Person(uuid4(), frozenset({held})), wanted)
    assert isinstance(ruling, Denied)
    assert ruling.reason == "role_conflict"


def test_a_reviewer_may_become_a_senior() -> None:
    assert may_give_role(administrator(), Person(uuid4(), frozenset({Role.REVIEWER})), Role.SENIOR_REVIEWER)


@pytest.mark.django_db
def test_giving_and_taking_leave_a_history_and_a_line() -> None:
    giver, receiver = a_person(Role.ADMINISTRATOR), a_person()
    give_role(giver, receiver, Role.REVIEWER)
    assert facts_about(receiver).roles == {Role.REVIEWER}
    take_role(giver, receiver, Role.REVIEWER)
    assert facts_about(receiver).roles == set()
    grant = RoleGrant.objects.get(person=receiver)
    assert (grant.given_by, grant.taken_by) == (giver, giver)
    assert Entry.objects.filter(event__in=[Event.ROLE_GIVEN, Event.ROLE_TAKEN], actor_id=str(giver.pk)).count() == 2


@pytest.mark.django_db
def test_a_role_is_held_once() -> None:
    giver, receiver = a_person(Role.ADMINISTRATOR), a_person(Role.REVIEWER)
    with pytest.raises(Refused) as refused:
        give_role(giver, receiver, Role.REVIEWER)
    assert refused.value.ruling.reason == "role_held"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_cannot_give_roles_that_exclude_each_other() -> None:
    givers, receiver = [a_person(Role.ADMINISTRATOR), a_person(Role.ADMINISTRATOR)], a_person()
    barrier = threading.Barrier(2)
    refused: list[str] = []

    def give(giver: User, role: Role) -> None:
        barrier.wait()
        try:
            give_role(giver, receiver, role)
        except Refused as no:
            refused.append(no.ruling.reason)
        connection.close()

    threads = [
        threading.Thread(target=give, args=(givers[0], Role.REVIEWER)),
        threading.Thread(target=give, args=(givers[1], Role.ADMINISTRATOR)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["role_conflict"]
    assert len(facts_about(receiver).roles) == 1


@pytest.mark.django_db
def test_an_added_person_can_do_nothing_yet() -> None:
    person, password = add_person(a_person(Role.ADMINISTRATOR), "newcomer", "New Comer")
    assert person.check_password(password)
    assert facts_about(person).permissions == frozenset()


@pytest.mark.django_db
def test_a_user_name_is_taken_whatever_its_capitals() -> None:
    adder = a_person(Role.ADMINISTRATOR)
    add_person(adder, "newcomer", "")
    with pytest.raises(UsernameTaken):
        add_person(adder, "NewComer", "")


@pytest.mark.django_db
@pytest.mark.parametrize("act", [deactivate, reactivate, reset_password])
def test_nobody_changes_their_own_access(act: object) -> None:
    person = a_person(Role.ADMINISTRATOR)
    with pytest.raises(Refused) as refused:
        act(person, person)  # type: ignore[operator]
    assert refused.value.ruling.reason == "own_account"


@pytest.mark.django_db
def test_ended_access_ends_every_right_and_can_be_restored() -> None:
    adder, person = a_person(Role.ADMINISTRATOR), a_person(Role.REVIEWER)
    deactivate(adder, person)
    person.refresh_from_db()
    assert facts_about(person).permissions == frozenset()
    reactivate(adder, person)
    person.refresh_from_db()
    assert facts_about(person).permissions == GRANTS[Role.REVIEWER]


@pytest.mark.django_db
def test_a_reset_password_replaces_the_old_one() -> None:
    person = a_person(Role.REVIEWER)
    password = reset_password(a_person(Role.ADMINISTRATOR), person)
    person.refresh_from_db()
    assert person.check_password(password)
