"""A hold and a destruction at the same moment: one comes wholly before the other, and whoever asked is told which."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction

from tests.factories import a_claim, a_person
from tests.vault.test_races import Aside, until_somebody_waits_for_a_lock
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case
from verification.incidents import handling, hold_ends, holds
from verification.incidents.models import Incident, LegalHold
from verification.incidents.raising import Raised, raise_worry
from verification.retention.erase import destroy_media, erase_case
from verification.review.models import Claim
from verification.vault.models import Purpose

from .worries import a_held_worry, a_worry, decided, living

pytestmark = pytest.mark.django_db(transaction=True)


def raised(claim: Claim) -> Raised:
    return raise_worry(claim.pk, claim.reviewer, kind="signs_of_harm")


def test_a_destruction_that_began_first_leaves_nothing_to_hold_and_that_is_said() -> None:
    claim = a_claim()
    with transaction.atomic():
        destroy_media(claim.item_id, actor=OPERATOR, reason="closed")
        raising = Aside(lambda: raised(claim))
        until_somebody_waits_for_a_lock()
    answer = raising.result()
    assert isinstance(answer, Raised)
    assert not answer.kept
    assert not LegalHold.objects.exists()
    assert Incident.objects.count() == 1


def test_a_hold_that_was_asked_for_first_is_waited_for_and_kept() -> None:
    claim = a_claim()
    with transaction.atomic():
        assert raised(claim).kept
        destroying = Aside(lambda: destroy_media(claim.item_id, actor=OPERATOR, reason="closed"))
        until_somebody_waits_for_a_lock()
    assert destroying.result() == 2
    assert living(Case.objects.get()) == {Purpose.FRAME}


def test_an_erasure_and_a_worry_do_not_deadlock() -> None:
    claim = a_claim()
    with transaction.atomic():
        raised(claim)
        erasing = Aside(lambda: erase_case(claim.item_id, actor=OPERATOR))
        until_somebody_waits_for_a_lock()
    assert erasing.result() is True
    assert living(Case.objects.get()) == {Purpose.FRAME}
    assert Case.objects.get().status == "erased"


def test_a_hold_that_is_asked_for_while_the_last_one_is_released_finds_nothing_or_keeps() -> None:
    worry = decided(a_held_worry())
    with transaction.atomic():
        hold_ends.release(worry.hold.pk, worry.senior)
        asking = Aside(lambda: holds.ask_hold(worry.incident.pk, worry.senior))
        until_somebody_waits_for_a_lock()
    assert isinstance(asking.result(), holds.NothingLeft)


def test_of_two_answers_at_once_one_counts() -> None:
    worry = a_worry()
    with transaction.atomic():
        holds.answer_hold(worry.hold.pk, worry.officer, approves=False)
        agreeing = Aside(lambda: holds.answer_hold(worry.hold.pk, worry.senior, approves=True))
        until_somebody_waits_for_a_lock()
    assert isinstance(agreeing.result(), hold_ends.HoldOver)
    assert worry.hold.state == LegalHold.State.REFUSED


def test_of_two_seniors_at_once_one_takes_it_and_one_closes_it() -> None:
    worry, other = a_worry(), a_person(Role.SENIOR_REVIEWER)
    with transaction.atomic():
        handling.take(worry.incident.pk, worry.senior)
        taking = Aside(lambda: handling.take(worry.incident.pk, other))
        until_somebody_waits_for_a_lock()
    assert isinstance(taking.result(), handling.AlreadyTaken)
    with transaction.atomic():
        handling.close(worry.incident.pk, worry.senior, outcome="no_concern", hold="release")
        closing = Aside(lambda: handling.close(worry.incident.pk, other, outcome="help_sent", hold="keep"))
        until_somebody_waits_for_a_lock()
    assert isinstance(closing.result(), handling.AlreadyClosed)
    assert worry.incident.outcome == "no_concern"


def test_however_they_meet_the_answer_is_true() -> None:
    """Eight times, let go at the same moment: what the reviewer was told is what became of the pictures."""
    for _ in range(8):
        claim, go = a_claim(), threading.Barrier(2)
        worrying = Aside(lambda claim=claim, go=go: (go.wait(), raised(claim))[1])  # type: ignore[misc]
        destroying = Aside(
            lambda claim=claim, go=go: (go.wait(), destroy_media(claim.item_id, actor=OPERATOR, reason="closed"))  # type: ignore[misc]
        )
        destroying.result()
        answer = worrying.result()
        assert isinstance(answer, Raised)
        assert living(Case.objects.get(pk=claim.item_id)) == ({Purpose.FRAME} if answer.kept else set())
