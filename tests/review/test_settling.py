"""A vote counts after ten seconds; the votes of a case together move it; who differs is settled by a senior."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.factories import a_case_for_two, a_case_in_review, a_claim, a_person, settled, vote
from verification.access.assignment import take_role
from verification.access.models import User
from verification.access.people import deactivate
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.audit.pseudonyms import entries_of
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.checks.models import StoredResult
from verification.notices import board
from verification.notices.models import Notice
from verification.retention.erase import erase_case, expire_case
from verification.review import decisions, queue
from verification.review.claims import ClaimEnded, NoSuchClaim
from verification.review.decisions import AlreadyDecided, TooLate, decide, undo
from verification.review.models import Claim, OwnEnrolment, ReviewItem, Vote
from verification.review.settling import settle, settle_due

pytestmark = pytest.mark.django_db
State, Stage = ReviewItem.State, ReviewItem.Stage


def take(*roles: Role) -> Claim:
    claim = queue.take_next(a_person(*(roles or (Role.REVIEWER,))))
    assert claim is not None
    return claim


def item_of(case: Case) -> ReviewItem:
    return ReviewItem.objects.get(pk=case.pk)


def events(case: Case) -> list[str]:
    return list(entries_of(case.pk).order_by("id").values_list("event", flat=True))


def test_nothing_counts_before_its_time() -> None:
    claim = a_claim()
    vote(claim)
    assert settle_due() == 0
    assert item_of(claim.item.case).state == State.SETTLING
    assert queue.take_next(a_person(Role.REVIEWER)) is None
    with time_machine.travel(timezone.now() + decisions.UNDO_FOR, tick=False):
        assert settle_due() == 1
        assert settle_due() == 0
    assert Case.objects.get(pk=claim.item_id).outcome == Outcome.VERIFIED
    assert item_of(claim.item.case).state == State.DONE


def test_two_who_agree_decide_together() -> None:
    case = a_case_for_two()
    first = take()
    vote(first)
    settled()
    assert (item_of(case).state, item_of(case).stage) == (State.WAITING, Stage.VOTE)
    assert queue.take_next(first.reviewer) is None
    assert Case.objects.get(pk=case.pk).status == CaseStatus.IN_REVIEW
    vote(take())
    settled()
    case.refresh_from_db()
    assert (case.status, case.outcome) == (CaseStatus.DECIDED, Outcome.VERIFIED)
    assert case.fusions.get().votes == 2
    assert "votes:fused" in events(case)


def test_two_who_differ_are_settled_by_a_senior() -> None:
    case = a_case_for_two()
    bystander = a_person(Role.SENIOR_REVIEWER)
    vote(take(Role.SENIOR_REVIEWER), "same")
    settled()
    vote(take(), "different")
    settled()
    assert (item_of(case).state, item_of(case).stage) == (State.WAITING, Stage.ADJUDICATION)
    assert "adjudication:asked" in events(case)
    assert [notice.to for notice in Notice.objects.all()] == [bystander]
    assert queue.take_next(a_person(Role.REVIEWER)) is None
    senior = take(Role.SENIOR_REVIEWER)
    assert vote(senior, "different", confidence=1).adjudicates
    settled()
    case.refresh_from_db()
    assert (case.status, case.outcome) == (CaseStatus.DECIDED, Outcome.NOT_VERIFIED)
    assert not board.open_for(bystander).exists()
    assert [fusion.verdict for fusion in case.fusions.all()] == ["second_person", "not_verified"]


def test_one_vote_that_the_evidence_contradicts_goes_to_a_senior() -> None:
    claim = a_claim()
    StoredResult.objects.create(case=claim.item.case, position=0, name="match", band="fail", score=0.1)
    vote(claim, "same", confidence=5)
    settled()
    assert item_of(claim.item.case).stage == Stage.ADJUDICATION
    asked = Entry.objects.get(event="adjudication:asked")
    assert "evidence_differs" in asked.body


def test_a_senior_who_loses_that_role_cannot_settle_a_case() -> None:
    claim = a_claim()
    vote(claim, "same", confidence=1)
    settled()
    senior = take(Role.SENIOR_REVIEWER, Role.REVIEWER)
    take_role(a_person(Role.ADMINISTRATOR), senior.reviewer, Role.SENIOR_REVIEWER)
    with pytest.raises(ClaimEnded, match="role_taken"):
        vote(senior)


def test_a_vote_is_undone_within_its_time_and_given_anew() -> None:
    claim = a_claim()
    vote(claim, "different", note="a scar")
    again = undo(claim.pk, claim.reviewer)
    assert (again.reviewer, again.item_id) == (claim.reviewer, claim.item_id)
    assert again.fence > claim.fence
    assert again.ends_at - timezone.now() > timedelta(minutes=9)
    vote(again, "same")
    settled()
    assert Case.objects.get(pk=claim.item_id).outcome == Outcome.VERIFIED
    assert sorted(Vote.objects.values_list("state", flat=True)) == ["counted", "undone"]
    assert "decision:undone" in events(claim.item.case)


def test_undoing_gives_back_what_was_taken_meanwhile() -> None:
    claim = a_claim()
    a_case_in_review()
    vote(claim)
    meanwhile = queue.take_next(claim.reviewer)
    assert meanwhile is not None
    undo(claim.pk, claim.reviewer)
    meanwhile.refresh_from_db()
    assert meanwhile.end == Claim.End.RELEASED
    assert item_of(meanwhile.item.case).state == State.WAITING
    assert Claim.objects.filter(reviewer=claim.reviewer, ended_at__isnull=True).count() == 1


@pytest.mark.parametrize(("seconds", "possible"), [(9, True), (10, False), (60, False)])
def test_ten_seconds_to_undo(seconds: int, possible: bool) -> None:
    claim = a_claim()
    cast = vote(claim)
    with time_machine.travel(cast.decided_at + timedelta(seconds=seconds), tick=False):
        if possible:
            undo(claim.pk, claim.reviewer)
        else:
            with pytest.raises(TooLate):
                undo(claim.pk, claim.reviewer)


def test_nothing_is_undone_twice_or_by_others_or_after_it_counts() -> None:
    claim = a_claim()
    vote(claim)
    with pytest.raises(NoSuchClaim):
        undo(claim.pk, a_person(Role.REVIEWER))
    undo(claim.pk, claim.reviewer)
    with pytest.raises(TooLate):
        undo(claim.pk, claim.reviewer)


def test_a_case_erased_meanwhile_takes_the_vote_with_it() -> None:
    claim = a_claim()
    vote(claim)
    erase_case(claim.item_id, actor=OPERATOR)
    assert not Vote.objects.exists()
    with pytest.raises(NoSuchClaim):
        undo(claim.pk, claim.reviewer)
    assert settled() == 0


def test_a_case_that_ran_out_of_time_voids_the_vote() -> None:
    claim = a_claim()
    cast = vote(claim)
    assert expire_case(Case.objects.get(pk=claim.item_id), actor=OPERATOR)
    cast.refresh_from_db()
    assert cast.state == Vote.State.VOID
    assert "case_closed" in Entry.objects.get(event="decision:voided").body
    assert settled() == 0
    with pytest.raises(TooLate):
        undo(claim.pk, claim.reviewer)


@pytest.mark.parametrize("how", ["role", "person"])
def test_whoever_may_no_longer_review_has_no_say(how: str) -> None:
    claim = a_claim()
    cast = vote(claim)
    administrator = a_person(Role.ADMINISTRATOR)
    if how == "role":
        take_role(administrator, claim.reviewer, Role.REVIEWER)
    else:
        deactivate(administrator, claim.reviewer)
    settled()
    cast.refresh_from_db()
    assert cast.state == Vote.State.VOID
    assert "role_taken" in Entry.objects.get(event="decision:voided").body
    assert item_of(claim.item.case).state == State.WAITING
    assert Case.objects.get(pk=claim.item_id).status == CaseStatus.IN_REVIEW


def test_nobody_votes_on_their_own_enrolment() -> None:
    claim = a_claim()
    case = claim.item.case
    OwnEnrolment.objects.create(
        person=claim.reviewer, programme=case.programme, subject=case.subject, noted_by=a_person(Role.ADMINISTRATOR)
    )
    with pytest.raises(AlreadyDecided):
        vote(claim)
    assert not Vote.objects.exists()
    assert "voted_before" in Entry.objects.get(event="decision:refused").body
    assert queue.take_next(claim.reviewer) is None
    assert item_of(case).state == State.WAITING


def test_nobody_votes_twice_on_a_case() -> None:
    case = a_case_for_two()
    first = take()
    vote(first)
    settled()
    # Past the queue, which does not offer it again: the record itself refuses.
    ReviewItem.objects.update(state=State.CLAIMED)
    now = timezone.now()
    again = Claim.objects.create(
        item_id=case.pk, reviewer=first.reviewer, fence=1, ends_at=now + timedelta(minutes=9), heard_at=now
    )
    with pytest.raises(AlreadyDecided):
        vote(again)
    assert Vote.objects.count() == 1


@pytest.mark.parametrize(("looked", "hasty"), [(None, True), (1, True), (5, False)])
def test_a_vote_hard_upon_the_first_look_is_flagged(looked: int | None, hasty: bool) -> None:
    claim = a_claim()
    now = timezone.now()
    if looked is not None:
        with time_machine.travel(now, tick=False):
            look_at(claim)
    with time_machine.travel(now + timedelta(seconds=looked or 9), tick=False):
        cast = vote(claim)
    assert cast.hasty is hasty
    assert f'"hasty":{int(hasty)}' in Entry.objects.get(event="decision:recorded").body


def test_a_case_without_a_picture_cannot_be_judged_in_haste() -> None:
    a_case_in_review(crops=False)
    claim = take()
    assert not vote(claim, "cannot_tell", "cannot_tell").hasty


def look_at(claim: Claim) -> None:
    """The view's entry alone: what a look costs besides is tested where looks are."""
    from django.db import transaction

    from verification.audit import log
    from verification.audit.events import Actor, Event

    with transaction.atomic():
        log.record(
            Event.CROP_VIEWED,
            actor=Actor.person(claim.reviewer_id),
            case_id=claim.item_id,
            media="crop-live",
            claim=str(claim.pk),
            reason="review",
        )


@pytest.mark.django_db(transaction=True)
def test_many_who_settle_at_once_settle_once() -> None:
    claim = a_claim()
    cast = vote(claim)
    Vote.objects.update(takes_effect_at=timezone.now())
    at_once(*[partial(settle, cast.pk)] * 8)
    assert Entry.objects.filter(event="decision:counted").count() == 1
    assert Entry.objects.filter(event="votes:fused").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_undoing_and_settling_at_once_one_happens() -> None:
    for _ in range(5):
        claim = a_claim()
        cast = vote(claim)
        Vote.objects.filter(pk=cast.pk).update(takes_effect_at=timezone.now() + timedelta(milliseconds=40))
        at_once(*[partial(_undo_or_settle, claim.pk, claim.reviewer)] * 2)
        Vote.objects.filter(pk=cast.pk, state="pending").update(takes_effect_at=timezone.now())
        settle_due()
        cast.refresh_from_db()
        state = item_of(claim.item.case).state
        assert (cast.state, state) in {("undone", State.CLAIMED), ("counted", State.DONE)}


def _undo_or_settle(claim_id: object, reviewer: User) -> None:
    settle_due()
    try:
        undo(str(claim_id), reviewer)
    except (TooLate, NoSuchClaim):
        settle_due()


def at_once(*acts: Callable[[], object]) -> None:
    """Run each in a thread of its own, all at the same moment, and raise what any of them raised."""
    failed: list[BaseException] = []
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait()
            act()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


def test_a_double_click_records_once() -> None:
    claim = a_claim()
    vote(claim)
    with pytest.raises(AlreadyDecided):
        decide(
            claim.pk, claim.reviewer, same_person="different", alive="live", confidence="5", reasons=["features_agree"]
        )
    assert Vote.objects.get().same_person == "same"


@pytest.mark.django_db(transaction=True)
def test_no_vote_comes_in_while_its_case_is_being_closed() -> None:
    """Closing and voting wait for each other: the vote is there and falls away, or is told that it is late."""
    for _ in range(6):
        claim = a_claim()
        case = Case.objects.get(pk=claim.item_id)
        at_once(partial(_vote_or_be_late, claim), partial(expire_case, case, actor=OPERATOR))
        assert not Vote.objects.filter(case=case, state="pending").exists()
        assert settled() == 0
        assert Case.objects.get(pk=case.pk).status == CaseStatus.UNRESOLVED
        assert item_of(case).state == State.DONE


def _vote_or_be_late(claim: Claim) -> None:
    with suppress(AlreadyDecided, ClaimEnded):
        vote(claim)


@pytest.mark.django_db(transaction=True)
def test_taking_the_next_case_while_undoing_leaves_one_claim() -> None:
    for _ in range(6):
        claim = a_claim()
        a_case_in_review()
        vote(claim)
        at_once(partial(undo, claim.pk, claim.reviewer), partial(queue.take_next, claim.reviewer))
        assert Claim.objects.filter(reviewer=claim.reviewer, ended_at__isnull=True).count() == 1
