"""Raising a worry takes one act, reaches a senior at once, and keeps the pictures while a second person is asked."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import a_claim, a_person
from verification.access.assignment import Refused, take_role
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.incidents import duty, handling, hold_ends, holds, keeping
from verification.incidents.limits import PROVISIONAL
from verification.incidents.models import Incident, IncidentNote, LegalHold
from verification.incidents.raising import InvalidWorry, raise_worry, raised_under
from verification.incidents.telling import Who
from verification.retention import due
from verification.retention.erase import erase_case
from verification.review import claims, queue
from verification.review.claims import ClaimEnded, NoSuchClaim
from verification.review.models import Claim

from .worries import a_held_worry, a_worry, decided, later, logged

pytestmark = pytest.mark.django_db


def test_a_worry_is_an_incident_and_a_hold_that_begins_at_once() -> None:
    worry = a_worry("coercion", "  A hand on the shoulder.  ")
    assert (worry.incident.kind, worry.incident.sentence) == ("coercion", "A hand on the shoulder.")
    assert worry.incident.raised_by == worry.raiser
    assert worry.hold.state == LegalHold.State.ASKED
    assert abs(worry.hold.until - timezone.now() - PROVISIONAL) < timedelta(minutes=1)
    assert worry.answer.kept


def test_the_claim_goes_on_and_the_reviewer_still_decides() -> None:
    worry = decided(a_worry())
    assert worry.case.status == "decided"


def test_the_log_says_what_happened_and_not_what_was_written() -> None:
    worry = a_worry("signs_of_harm", "Marks on the neck.")
    (raised,), (asked,) = logged("incident:raised"), logged("hold:asked")
    facts = json.loads(raised.body)["facts"]
    assert facts == {"incident": str(worry.incident.pk), "claim": str(worry.claim.pk), "kind": "signs_of_harm"}
    assert json.loads(asked.body)["facts"]["hours"] == 4
    assert "neck" not in raised.body + asked.body


@pytest.mark.parametrize(
    ("kind", "sentence", "field"),
    [
        ("", "", "kind"),
        ("curiosity", "", "kind"),
        ("other", "x" * 501, "sentence"),
        ("other", "a\x00b", "sentence"),
    ],
)
def test_what_is_missing_or_too_long_is_said_and_nothing_is_raised(kind: str, sentence: str, field: str) -> None:
    claim = a_claim()
    with pytest.raises(InvalidWorry) as invalid:
        raise_worry(claim.pk, claim.reviewer, kind=kind, sentence=sentence)
    assert list(invalid.value.problems) == [field]
    assert not Incident.objects.exists()


def test_nobody_raises_from_a_foreign_claim() -> None:
    claim = a_claim()
    with pytest.raises(NoSuchClaim):
        raise_worry(claim.pk, a_person(Role.REVIEWER), kind="other")


def test_somebody_whose_role_was_taken_meanwhile_is_refused() -> None:
    claim = a_claim()
    take_role(a_person(Role.ADMINISTRATOR), claim.reviewer, Role.REVIEWER)
    with pytest.raises(Refused):
        raise_worry(claim.pk, claim.reviewer, kind="other")
    assert not Incident.objects.exists()


def test_a_worry_typed_while_the_claim_ran_out_is_not_lost() -> None:
    claim = a_claim()
    Claim.objects.filter(pk=claim.pk).update(ends_at=timezone.now() + timedelta(minutes=1))
    with later(minutes=9):
        assert raise_worry(claim.pk, claim.reviewer, kind="no_response").kept


def test_a_worry_just_after_the_decision_still_keeps_the_pictures() -> None:
    worry = decided(a_worry())
    hold_ends.release(worry.hold.pk, worry.senior)
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern")
    answer = raise_worry(worry.claim.pk, worry.raiser, kind="coercion")
    assert answer.kept
    assert Incident.objects.filter(closed_at__isnull=True).count() == 1


def test_a_claim_that_ended_long_ago_raises_nothing() -> None:
    claim = a_claim()
    claims.release(claim.pk, claim.reviewer)
    with later(minutes=11), pytest.raises(ClaimEnded) as over:
        raise_worry(claim.pk, claim.reviewer, kind="other")
    assert over.value.reason == "released"


def test_of_an_erased_case_nothing_is_left_to_raise_from() -> None:
    claim = a_claim()
    erase_case(claim.item_id, actor=OPERATOR)
    with pytest.raises(NoSuchClaim):
        raise_worry(claim.pk, claim.reviewer, kind="other")


def test_a_second_worry_about_the_same_person_joins_the_open_incident() -> None:
    worry = a_worry()
    claims.release(worry.claim.pk, worry.raiser)
    second = queue.take_next(a_person(Role.REVIEWER))
    assert second is not None
    answer = raise_worry(second.pk, second.reviewer, kind="under_age", sentence="A school badge.")
    assert (answer.told, answer.kept) == (worry.answer.told, True)
    assert Incident.objects.count() == LegalHold.objects.count() == 1
    note = IncidentNote.objects.get()
    assert (note.by, note.text) == (second.reviewer, "Raised again: may be under age. A school badge.")
    assert (len(logged("incident:raised")), len(logged("incident:noted"))) == (1, 1)
    assert raised_under(second) == note.at == answer.at


def test_the_same_worry_sent_twice_is_one() -> None:
    worry = a_worry("other", "Something is wrong.")
    for _ in range(2):
        again = raise_worry(worry.claim.pk, worry.raiser, kind="other", sentence="Something is wrong.")
        raise_worry(worry.claim.pk, worry.raiser, kind="coercion")
    assert again == worry.answer
    assert IncidentNote.objects.count() == 1


def test_a_hold_that_was_kept_from_an_earlier_incident_is_enough() -> None:
    worry = a_held_worry()
    handling.close(worry.incident.pk, worry.senior, outcome="help_sent", hold="keep")
    assert raise_worry(worry.claim.pk, worry.raiser, kind="other").kept
    assert LegalHold.objects.count() == 1


def test_the_page_knows_what_was_raised_under_its_claim() -> None:
    worry = a_worry()
    assert raised_under(worry.claim) == worry.answer.at
    assert raised_under(a_claim()) is None


def test_the_seniors_on_duty_are_told() -> None:
    on_duty, _ = a_person(Role.SENIOR_REVIEWER), a_person(Role.SENIOR_REVIEWER)
    duty.start(on_duty)
    told = a_worry().answer.told
    assert (told.who, told.people) == (Who.ON_DUTY, 1)


def test_with_nobody_on_duty_every_senior_is_told() -> None:
    a_person(Role.SENIOR_REVIEWER)
    told = a_worry().answer.told
    assert (told.who, told.people) == (Who.EVERYBODY, 2)


def test_whoever_raises_it_is_not_told_of_it_unless_nobody_else_can_be() -> None:
    raiser = a_person(Role.SENIOR_REVIEWER)
    duty.start(raiser)
    claim = a_claim(raiser)
    assert raise_worry(claim.pk, raiser, kind="other").told.who is Who.RAISER_ALONE
    a_person(Role.SENIOR_REVIEWER)
    told = raise_worry(claim.pk, raiser, kind="other").told
    assert (told.who, told.people) == (Who.EVERYBODY, 1)


def test_with_no_senior_at_all_that_is_said() -> None:
    claim = a_claim()
    told = raise_worry(claim.pk, claim.reviewer, kind="other").told
    assert (told.who, told.people) == (Who.NOBODY, 0)


def test_a_case_whose_pictures_are_destroyed_is_an_incident_without_a_hold() -> None:
    worry = decided(a_worry())
    holds.answer_hold(worry.hold.pk, worry.officer, approves=False)
    due.destroy_media_of_closed_cases()
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern")
    answer = raise_worry(worry.claim.pk, worry.raiser, kind="other")
    assert not answer.kept
    assert Incident.objects.filter(closed_at__isnull=True).count() == 1
    assert not keeping.active().exists()
