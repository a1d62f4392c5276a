"""Every branch of who may see which vote."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.factories import a_case_in_review, a_person, a_programme, settled, vote
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case
from verification.cases.review_settings import ReviewSettings, change_review
from verification.checks.models import StoredResult
from verification.review import queue
from verification.review.claims import NoSuchClaim
from verification.review.findings import recorded
from verification.review.models import Claim
from verification.review.visibility import NOTHING, CastVote, sight_of

ME, OTHER = uuid4(), uuid4()


def cast(voter: UUID, *, counts: bool) -> CastVote:
    return CastVote(uuid4(), voter, counts)


@pytest.mark.parametrize("closed", [False, True])
def test_whoever_has_not_voted_sees_nothing(closed: bool) -> None:
    assert sight_of(ME, [cast(OTHER, counts=True)], closed=closed) == NOTHING
    assert sight_of(ME, [], closed=closed) == NOTHING


def test_whoever_can_still_take_it_back_sees_their_own_answer_alone() -> None:
    mine, other = cast(ME, counts=False), cast(OTHER, counts=True)
    sight = sight_of(ME, [other, mine], closed=False)
    assert (sight.votes, sight.evidence, sight.outcome) == (frozenset({mine.id}), False, False)


def test_whoever_has_voted_sees_the_evidence_and_no_other_vote_while_the_case_is_open() -> None:
    mine, other = cast(ME, counts=True), cast(OTHER, counts=True)
    sight = sight_of(ME, [other, mine], closed=False)
    assert (sight.votes, sight.evidence, sight.outcome) == (frozenset({mine.id}), True, False)


def test_once_the_case_is_closed_the_votes_that_counted_open() -> None:
    mine, other, late = cast(ME, counts=True), cast(OTHER, counts=True), cast(uuid4(), counts=False)
    sight = sight_of(ME, [other, mine, late], closed=True)
    assert (sight.votes, sight.evidence, sight.outcome) == (frozenset({mine.id, other.id}), True, True)


def take(*roles: Role) -> Claim:
    claim = queue.take_next(a_person(*(roles or (Role.REVIEWER,))))
    assert claim is not None
    return claim


@pytest.mark.django_db
def test_the_door_opens_step_by_step_for_two_who_differ_and_a_senior() -> None:
    programme = a_programme()
    change_review(OPERATOR, programme, ReviewSettings(reviewers=2))
    case = a_case_in_review(programme)
    StoredResult.objects.create(case=case, position=0, name="match", band="ambiguous", score=0.35)
    first = take()
    vote(first, "same")
    pending = recorded(first.pk, first.reviewer)
    assert (pending.sees_evidence, pending.findings, pending.others, pending.fusion) == (False, (), (), None)
    assert 0 < pending.seconds_left <= 10
    settled()
    assert recorded(first.pk, first.reviewer).findings
    second = take()
    vote(second, "different")
    settled()
    for claim in (first, second):
        seen = recorded(claim.pk, claim.reviewer)
        assert (len(seen.findings), seen.others, seen.fusion) == (1, (), None)
    senior = take(Role.SENIOR_REVIEWER)
    with pytest.raises(NoSuchClaim):
        recorded(first.pk, senior.reviewer)
    vote(senior, "same")
    settled()
    seen = recorded(first.pk, first.reviewer)
    assert [other.voter for other in seen.others] == ["Another reviewer", "A senior reviewer"]
    assert seen.fusion is not None
    assert Case.objects.get(pk=case.pk).outcome == "verified"


@pytest.mark.django_db
def test_an_answer_that_was_taken_back_opens_nothing() -> None:
    from verification.review.decisions import undo

    a_case_in_review()
    claim = take()
    vote(claim)
    undo(claim.pk, claim.reviewer)
    seen = recorded(claim.pk, claim.reviewer)
    assert (seen.sees_evidence, seen.findings, seen.others, seen.fusion) == (False, (), (), None)
