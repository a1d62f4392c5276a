"""A hold is asked by one person and answered by another, and every hold has an end."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.factories import a_person
from verification.access.assignment import Refused, appoint, take_role
from verification.access.roles import Role
from verification.access.rules import Person
from verification.incidents import hold_ends, holds, keeping, locking, rules
from verification.incidents.limits import HOLD_FOR, PROVISIONAL
from verification.incidents.locking import NoSuchIncident
from verification.incidents.models import LegalHold
from verification.retention import due

from .worries import Worry, a_held_worry, a_worry, decided, later, logged

pytestmark = pytest.mark.django_db
State = LegalHold.State
MINUTE = timedelta(minutes=1)


def ends() -> list[str]:
    return [json.loads(entry.body)["facts"]["reason"] for entry in logged("hold:ended")]


def test_a_second_person_puts_it_in_force_for_a_week() -> None:
    worry = a_worry()
    hold = holds.answer_hold(worry.hold.pk, worry.officer, approves=True)
    assert (hold.state, hold.answered_by) == (State.IN_FORCE, worry.officer)
    assert abs(hold.until - timezone.now() - HOLD_FOR) < MINUTE
    (entry,) = logged("hold:answered")
    facts = json.loads(entry.body)["facts"]
    assert (facts["approves"], facts["hold"], entry.actor_id) == ("yes", str(hold.pk), str(worry.officer.pk))


def test_a_senior_may_be_the_second_person_too() -> None:
    worry = a_worry()
    assert holds.answer_hold(worry.hold.pk, worry.senior, approves=True).state == State.IN_FORCE


def test_a_no_ends_it_at_once() -> None:
    worry = a_worry()
    hold = holds.answer_hold(worry.hold.pk, worry.officer, approves=False)
    assert (hold.state, hold.ended_by) == (State.REFUSED, worry.officer)
    assert keeping.held(worry.case.pk) is None


@pytest.mark.parametrize("approves", [True, False])
def test_whoever_raised_the_worry_does_not_answer(approves: bool) -> None:
    worry = a_worry()
    appoint(worry.raiser, Role.SENIOR_REVIEWER)
    with pytest.raises(Refused) as refused:
        holds.answer_hold(worry.hold.pk, worry.raiser, approves=approves)
    assert refused.value.ruling.reason == "own_request"
    assert worry.hold.state == State.ASKED


def test_whoever_asked_for_the_renewal_does_not_answer_and_neither_does_the_raiser() -> None:
    worry = a_held_worry()
    appoint(worry.raiser, Role.SENIOR_REVIEWER)
    renewal = holds.ask_hold(worry.incident.pk, worry.senior)
    for person, reason in ((worry.senior, "own_request"), (worry.raiser, "own_worry")):
        with pytest.raises(Refused) as refused:
            holds.answer_hold(renewal.pk, person, approves=True)
        assert refused.value.ruling.reason == reason


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_do_not_answer(role: Role) -> None:
    worry = a_worry()
    with pytest.raises(Refused):
        holds.answer_hold(worry.hold.pk, a_person(role), approves=True)


def test_a_role_that_was_taken_a_moment_ago_answers_nothing() -> None:
    worry = a_worry()
    take_role(a_person(Role.ADMINISTRATOR), worry.officer, Role.RISK_OFFICER)
    with pytest.raises(Refused):
        holds.answer_hold(worry.hold.pk, worry.officer, approves=True)
    assert worry.hold.state == State.ASKED


def test_an_answer_after_the_short_while_is_too_late_even_before_the_sweeper_came() -> None:
    worry = a_worry()
    with later(hours=4, seconds=1), pytest.raises(hold_ends.HoldOver) as over:
        holds.answer_hold(worry.hold.pk, worry.officer, approves=True)
    assert over.value.state == State.EXPIRED


def test_the_first_of_two_answers_counts() -> None:
    worry = a_worry()
    holds.answer_hold(worry.hold.pk, worry.officer, approves=True)
    with pytest.raises(hold_ends.HoldOver) as over:
        holds.answer_hold(worry.hold.pk, worry.senior, approves=False)
    assert over.value.state == State.IN_FORCE


def test_a_hold_that_is_not_there_is_not_answered_or_released() -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    with pytest.raises(locking.NoSuchHold):
        holds.answer_hold(uuid4(), senior, approves=True)
    with pytest.raises(locking.NoSuchHold):
        hold_ends.release(uuid4(), senior)
    with pytest.raises(NoSuchIncident):
        holds.ask_hold(uuid4(), senior)


def test_what_nobody_answers_ends_after_the_short_while() -> None:
    worry = a_worry()
    assert hold_ends.end_overdue() == 0
    with later(hours=4):
        assert hold_ends.end_overdue() == 1
        assert hold_ends.end_overdue() == 0
    assert (worry.hold.state, ends()) == (State.EXPIRED, ["unanswered"])


def test_what_nobody_renews_ends_after_its_week() -> None:
    worry = a_held_worry()
    with later(days=7, seconds=1):
        assert hold_ends.end_overdue() == 1
    assert (worry.hold.state, ends()) == (State.EXPIRED, ["expired"])


def test_a_renewal_goes_on_where_the_first_hold_would_have_ended() -> None:
    worry = a_held_worry()
    first = worry.hold
    with later(days=5):
        renewal = holds.ask_hold(worry.incident.pk, worry.senior)
        assert (renewal.renews, renewal.until) == (first, first.until)
        holds.answer_hold(renewal.pk, worry.officer, approves=True)
    first.refresh_from_db()
    renewal.refresh_from_db()
    assert (first.state, renewal.state) == (State.RENEWED, State.IN_FORCE)
    assert renewal.until == first.until + HOLD_FOR
    assert ends() == ["renewed"]


def test_it_is_renewed_as_often_as_two_people_agree() -> None:
    worry = a_held_worry()
    first = worry.hold
    for _ in range(3):
        holds.answer_hold(holds.ask_hold(worry.incident.pk, worry.senior).pk, worry.officer, approves=True)
    assert worry.hold.until == first.until + 3 * HOLD_FOR
    assert keeping.active().count() == 1


def test_a_renewal_that_is_refused_leaves_the_first_hold_to_its_own_end() -> None:
    worry = a_held_worry()
    first = worry.hold
    holds.answer_hold(holds.ask_hold(worry.incident.pk, worry.senior).pk, worry.officer, approves=False)
    assert keeping.held(worry.case.pk) == first


def test_a_renewal_asked_at_the_last_minute_keeps_for_the_short_while_and_no_longer() -> None:
    worry = decided(a_held_worry())
    first = worry.hold
    with later(days=6, hours=23, minutes=59):
        renewal = holds.ask_hold(worry.incident.pk, worry.senior)
        assert abs(renewal.until - timezone.now() - PROVISIONAL) < MINUTE
    with later(days=7, hours=1):
        assert hold_ends.end_overdue() == 1
        assert keeping.held(worry.case.pk) == renewal
        with pytest.raises(holds.AlreadyAsked):
            holds.ask_hold(worry.incident.pk, worry.senior)
        late_yes = holds.answer_hold(renewal.pk, worry.officer, approves=True)
    assert late_yes.until == first.until + HOLD_FOR


def test_one_person_alone_cannot_keep_the_pictures_of_a_closed_case_by_asking_again() -> None:
    worry = decided(a_worry())
    with later(hours=4, seconds=1):
        with pytest.raises(holds.AlreadyAsked):
            holds.ask_hold(worry.incident.pk, worry.senior)
        hold_ends.end_overdue()
        with pytest.raises(holds.NothingLeft):
            holds.ask_hold(worry.incident.pk, worry.senior)


def test_a_hold_whose_week_is_over_is_not_renewed_however_late_the_sweeper_is() -> None:
    worry = decided(a_held_worry())
    with later(days=7, seconds=1), pytest.raises(holds.NothingLeft):
        holds.ask_hold(worry.incident.pk, worry.senior)


def test_of_an_open_case_a_hold_may_be_asked_for_again() -> None:
    worry = a_worry()
    holds.answer_hold(worry.hold.pk, worry.officer, approves=False)
    again = holds.ask_hold(worry.incident.pk, worry.senior)
    assert (again.state, again.renews) == (State.ASKED, None)


def test_of_a_case_whose_pictures_are_destroyed_no_hold_is_asked_for() -> None:
    worry = decided(a_worry())
    hold_ends.release(worry.hold.pk, worry.senior)
    due.destroy_media_of_closed_cases()
    with pytest.raises(holds.NothingLeft):
        holds.ask_hold(worry.incident.pk, worry.senior)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.RISK_OFFICER])
def test_only_those_who_handle_worries_ask_and_release(role: Role) -> None:
    worry, person = a_held_worry(), a_person(role)
    with pytest.raises(Refused):
        holds.ask_hold(worry.incident.pk, person)
    with pytest.raises(Refused):
        hold_ends.release(worry.hold.pk, person)
    assert worry.hold.state == State.IN_FORCE


def released(worry: Worry) -> set[str]:
    hold_ends.release(worry.hold.pk, worry.senior)
    return set(LegalHold.objects.values_list("state", flat=True))


def test_a_release_ends_what_is_asked_and_what_is_in_force() -> None:
    assert released(a_worry()) == {State.RELEASED}
    assert released(a_held_worry()) == {State.RELEASED}
    renewing = a_held_worry()
    holds.ask_hold(renewing.incident.pk, renewing.senior)
    assert released(renewing) == {State.RELEASED}
    assert set(ends()) == {"released"}


def test_what_has_ended_is_not_released_again() -> None:
    worry = a_worry()
    hold_ends.release(worry.hold.pk, worry.senior)
    with pytest.raises(hold_ends.HoldOver) as over:
        hold_ends.release(worry.hold.pk, worry.senior)
    assert over.value.state == State.RELEASED


def test_the_rule_asks_for_the_right_and_for_a_second_person() -> None:
    asker, raiser, other = uuid4(), uuid4(), uuid4()
    asked = rules.Asked(asked_by=asker, raised_by=raiser)

    def officer(one: object) -> Person:
        return Person(one, frozenset({Role.RISK_OFFICER}))  # type: ignore[arg-type]

    assert rules.may_answer_hold(officer(other), asked)
    assert not rules.may_answer_hold(officer(asker), asked)
    assert not rules.may_answer_hold(officer(raiser), asked)
    assert not rules.may_answer_hold(Person(other, frozenset({Role.REVIEWER})), asked)
    assert not rules.may_answer_hold(Person(other, frozenset({Role.RISK_OFFICER}), active=False), asked)
