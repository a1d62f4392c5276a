"""One decision per case: the first write wins, and a late or second one is told so."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.factories import a_claim, a_person, settled
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.retention.erase import erase_case
from verification.review import claims, queue
from verification.review.answers import Alive, SamePerson, outcome_of
from verification.review.decisions import AlreadyDecided, InvalidDecision, decide
from verification.review.models import Claim, Vote

YES = {"same_person": "same", "alive": "live", "confidence": "4", "reasons": ["features_agree"]}


@pytest.mark.django_db
def test_a_decision_ends_the_claim_at_once_and_the_case_once_it_counts() -> None:
    claim = a_claim()
    decide(claim.pk, claim.reviewer, **YES, note="  clear  ")  # type: ignore[arg-type]
    claim.refresh_from_db()
    assert claim.end == Claim.End.DECIDED
    case = Case.objects.get(pk=claim.item_id)
    assert (case.status, case.outcome) == (CaseStatus.IN_REVIEW, "")
    assert case.votes.get().note == "clear"
    assert settled() == 1
    case.refresh_from_db()
    assert (case.status, case.outcome) == (CaseStatus.DECIDED, Outcome.VERIFIED)


@pytest.mark.django_db
def test_the_note_never_reaches_the_log() -> None:
    claim = a_claim()
    decide(claim.pk, claim.reviewer, **YES, note="a very particular sentence")  # type: ignore[arg-type]
    assert Entry.objects.filter(event=Event.DECISION_RECORDED).exists()
    assert not Entry.objects.filter(body__contains="particular").exists()


@pytest.mark.parametrize(
    ("same", "alive", "outcome"),
    [
        (SamePerson.SAME, Alive.LIVE, Outcome.VERIFIED),
        (SamePerson.SAME, Alive.NOT_LIVE, Outcome.NOT_VERIFIED),
        (SamePerson.SAME, Alive.CANNOT_TELL, Outcome.UNRESOLVED),
        (SamePerson.DIFFERENT, Alive.LIVE, Outcome.NOT_VERIFIED),
        (SamePerson.DIFFERENT, Alive.NOT_LIVE, Outcome.NOT_VERIFIED),
        (SamePerson.DIFFERENT, Alive.CANNOT_TELL, Outcome.NOT_VERIFIED),
        (SamePerson.CANNOT_TELL, Alive.LIVE, Outcome.UNRESOLVED),
        (SamePerson.CANNOT_TELL, Alive.NOT_LIVE, Outcome.NOT_VERIFIED),
        (SamePerson.CANNOT_TELL, Alive.CANNOT_TELL, Outcome.UNRESOLVED),
    ],
)
def test_what_answers_mean(same: SamePerson, alive: Alive, outcome: Outcome) -> None:
    assert outcome_of(same, alive) is outcome


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"same_person": ""}, "same_person"),
        ({"same_person": "perhaps"}, "same_person"),
        ({"alive": ""}, "alive"),
        ({"reasons": []}, "reasons"),
        ({"reasons": ["because"]}, "reasons"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\x00b"}, "note"),
    ],
)
def test_an_incomplete_decision_says_what_is_missing(change: dict[str, object], field: str) -> None:
    claim = a_claim()
    with pytest.raises(InvalidDecision) as invalid:
        decide(claim.pk, claim.reviewer, **(YES | change))  # type: ignore[arg-type]
    assert list(invalid.value.problems) == [field]
    assert not Vote.objects.exists()


@pytest.mark.django_db
def test_a_second_decision_is_told_that_the_first_stands() -> None:
    claim = a_claim()
    decide(claim.pk, claim.reviewer, **YES)  # type: ignore[arg-type]
    with pytest.raises(AlreadyDecided):
        decide(claim.pk, claim.reviewer, **(YES | {"same_person": "different"}))  # type: ignore[arg-type]
    assert Vote.objects.get().same_person == "same"
    assert Entry.objects.filter(event=Event.DECISION_REFUSED).count() == 1


@pytest.mark.django_db
def test_a_late_decision_is_refused_and_the_case_goes_to_another() -> None:
    claim = a_claim()
    with time_machine.travel(timezone.now() + claims.CLAIM_FOR + timedelta(seconds=1)):
        with pytest.raises(claims.ClaimEnded):
            decide(claim.pk, claim.reviewer, **YES)  # type: ignore[arg-type]
        again = queue.take_next(a_person(Role.REVIEWER))
        assert again is not None
        decide(again.pk, again.reviewer, **YES)  # type: ignore[arg-type]
        with pytest.raises(claims.ClaimEnded):
            decide(claim.pk, claim.reviewer, **YES)  # type: ignore[arg-type]
    assert Vote.objects.get().claim == again


@pytest.mark.django_db
def test_nobody_decides_on_a_foreign_claim() -> None:
    claim = a_claim()
    with pytest.raises(claims.NoSuchClaim):
        decide(claim.pk, a_person(Role.REVIEWER), **YES)  # type: ignore[arg-type]
    assert not Vote.objects.exists()


@pytest.mark.django_db
def test_a_case_erased_under_the_reviewers_hands_takes_no_decision() -> None:
    claim = a_claim()
    erase_case(claim.item_id, actor=OPERATOR)
    with pytest.raises(claims.NoSuchClaim):
        decide(claim.pk, claim.reviewer, **YES)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_records_one_decision() -> None:
    claim = a_claim()
    barrier = threading.Barrier(4)
    answers: list[str] = []

    def click() -> None:
        barrier.wait()
        try:
            decide(claim.pk, claim.reviewer, **YES)  # type: ignore[arg-type]
            answers.append("recorded")
        except AlreadyDecided:
            answers.append("already")
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["already", "already", "already", "recorded"]
    assert Vote.objects.count() == 1
