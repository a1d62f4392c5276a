"""A worry is taken on, written about, and closed with an outcome: never silently, and never twice."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.factories import a_person
from verification.access.assignment import Refused, take_role
from verification.access.roles import Role
from verification.incidents import handling, hold_ends, holds, keeping
from verification.incidents.handling import AlreadyClosed, AlreadyTaken, InvalidText
from verification.incidents.locking import NoSuchIncident
from verification.incidents.models import IncidentNote, LegalHold

from .worries import Worry, a_held_worry, a_worry, logged

pytestmark = pytest.mark.django_db


def test_a_senior_takes_it_on() -> None:
    worry = a_worry()
    handling.take(worry.incident.pk, worry.senior)
    assert worry.incident.taken_by == worry.senior
    assert handling.take(worry.incident.pk, worry.senior).taken_by == worry.senior
    (entry,) = logged("incident:taken")
    assert json.loads(entry.body)["facts"] == {"incident": str(worry.incident.pk)}


def test_another_senior_takes_it_over_only_from_whoever_has_it() -> None:
    worry, second, third = a_worry(), a_person(Role.SENIOR_REVIEWER), a_person(Role.SENIOR_REVIEWER)
    handling.take(worry.incident.pk, worry.senior)
    with pytest.raises(AlreadyTaken) as taken:
        handling.take(worry.incident.pk, second)
    assert taken.value.by == worry.senior
    handling.take(worry.incident.pk, second, over_from=worry.senior.pk)
    with pytest.raises(AlreadyTaken):
        handling.take(worry.incident.pk, third, over_from=worry.senior.pk)
    assert worry.incident.taken_by == second


def test_what_was_done_is_written_down_and_never_logged() -> None:
    worry = a_worry()
    handling.add_note(worry.incident.pk, worry.senior, "  Called 112 at 14:20.\nThey are on their way.  ")
    assert IncidentNote.objects.get().text == "Called 112 at 14:20.\nThey are on their way."
    (entry,) = logged("incident:noted")
    assert "on their way" not in entry.body


def test_the_outside_reference_is_kept_and_can_be_corrected() -> None:
    worry = a_worry()
    for number in ("CAD 4411", "CAD 4411", "CAD 4412"):
        handling.set_reference(worry.incident.pk, worry.senior, number)
    assert worry.incident.reference == "CAD 4412"
    assert len(logged("incident:noted")) == 2
    assert "CAD" not in "".join(entry.body for entry in logged("incident:noted"))


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001, "a\x00b"])
def test_a_note_that_cannot_be_kept_is_refused_with_a_sentence(text: str) -> None:
    worry = a_worry()
    with pytest.raises(InvalidText) as invalid:
        handling.add_note(worry.incident.pk, worry.senior, text)
    assert list(invalid.value.problems) == ["text"]
    with pytest.raises(InvalidText):
        handling.set_reference(worry.incident.pk, worry.senior, "x" * 81)
    assert not IncidentNote.objects.exists()


def test_closing_needs_an_outcome() -> None:
    worry = a_worry()
    for outcome in ("", "forgotten"):
        with pytest.raises(InvalidText) as invalid:
            handling.close(worry.incident.pk, worry.senior, outcome=outcome, hold="keep")
        assert list(invalid.value.problems) == ["outcome"]
    assert worry.incident.closed_at is None


def test_closing_says_what_becomes_of_the_hold() -> None:
    worry = a_held_worry()
    for choice in ("", "later"):
        with pytest.raises(InvalidText) as invalid:
            handling.close(worry.incident.pk, worry.senior, outcome="help_sent", hold=choice)
        assert list(invalid.value.problems) == ["hold"]
    assert worry.incident.closed_at is None
    assert worry.hold.state == LegalHold.State.IN_FORCE


def test_everything_that_is_wrong_with_a_closing_is_said_at_once() -> None:
    worry = a_held_worry()
    with pytest.raises(InvalidText) as invalid:
        handling.close(worry.incident.pk, worry.senior, outcome="", hold="", note="x" * 1001)
    assert set(invalid.value.problems) == {"outcome", "hold", "note"}


@pytest.mark.parametrize(("choice", "state"), [("keep", "in_force"), ("release", "released")])
def test_the_hold_is_kept_or_released_as_was_said(choice: str, state: str) -> None:
    worry = a_held_worry()
    handling.close(worry.incident.pk, worry.senior, outcome="reported", hold=choice, note="Handed to the police.")
    assert (worry.incident.outcome, worry.incident.closed_by) == ("reported", worry.senior)
    assert worry.hold.state == state
    assert IncidentNote.objects.get().text == "Handed to the police."
    (entry,) = logged("incident:closed")
    assert json.loads(entry.body)["facts"] == {"incident": str(worry.incident.pk), "outcome": "reported"}


def test_without_a_hold_nothing_has_to_be_said_about_one() -> None:
    worry = a_worry()
    holds.answer_hold(worry.hold.pk, worry.officer, approves=False)
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern")
    assert worry.incident.closed_at is not None


def test_a_kept_hold_outlives_the_closing_and_can_be_renewed_and_released() -> None:
    worry = a_held_worry()
    handling.close(worry.incident.pk, worry.senior, outcome="reported", hold="keep")
    renewal = holds.ask_hold(worry.incident.pk, worry.senior)
    holds.answer_hold(renewal.pk, worry.officer, approves=True)
    hold_ends.release(renewal.pk, worry.senior)
    assert not keeping.active().exists()


def closed(worry: Worry) -> Worry:
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern", hold="release")
    return worry


def test_a_closed_incident_stays_as_it_is() -> None:
    worry = closed(a_worry())
    for again in (
        lambda: handling.close(worry.incident.pk, worry.senior, outcome="help_sent"),
        lambda: handling.take(worry.incident.pk, worry.senior),
        lambda: handling.add_note(worry.incident.pk, worry.senior, "more"),
        lambda: handling.set_reference(worry.incident.pk, worry.senior, "more"),
    ):
        with pytest.raises(AlreadyClosed):
            again()
    assert worry.incident.outcome == "no_concern"
    assert len(logged("incident:closed")) == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_nobody_else_handles_a_worry(role: Role) -> None:
    worry, person = a_worry(), a_person(role)
    for act in (
        lambda: handling.take(worry.incident.pk, person),
        lambda: handling.add_note(worry.incident.pk, person, "a note"),
        lambda: handling.set_reference(worry.incident.pk, person, "1"),
        lambda: handling.close(worry.incident.pk, person, outcome="no_concern", hold="release"),
    ):
        with pytest.raises(Refused):
            act()
    assert worry.incident.closed_at is None


def test_a_role_taken_in_the_middle_of_it_is_gone_at_the_next_step() -> None:
    worry = a_worry()
    handling.take(worry.incident.pk, worry.senior)
    take_role(a_person(Role.ADMINISTRATOR), worry.senior, Role.SENIOR_REVIEWER)
    with pytest.raises(Refused):
        handling.close(worry.incident.pk, worry.senior, outcome="no_concern", hold="release")


def test_what_is_not_there_cannot_be_handled() -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    with pytest.raises(NoSuchIncident):
        handling.take(uuid4(), senior)
