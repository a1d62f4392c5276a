"""Error rates of people: which votes count, as what, and when there is enough to speak of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import a_person, a_programme, settled, vote
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.known.answers import Came, answer_after_vote, came_to, latest_answers
from verification.known.results import Measured, Results, Tally, pooled_results, results_of, reviewers_measured
from verification.policy.agreement import NOT_ENOUGH, wilson
from verification.retention.erase import erase_case
from verification.review.decisions import undo
from verification.review.models import Vote

from .answering import (
    ACCEPT,
    REFUSE,
    UNSURE,
    a_programme_of_two,
    an_answered_case,
    claim_on,
    many_answered,
)
from .stocked import a_followed_case, a_known_case_in_review

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "same", "live", "came"),
    [
        (("same", "live"), True, True, Came.RIGHT),
        (("different", "live"), True, True, Came.WRONG),
        (("same", "not_live"), True, True, Came.WRONG),
        (("same", "cannot_tell"), True, True, Came.UNTOLD),
        (("cannot_tell", "not_live"), True, True, Came.WRONG),
        (("same", "live"), False, True, Came.WRONG),
        (("different", "live"), False, True, Came.RIGHT),
        (("different", "cannot_tell"), False, True, Came.RIGHT),
        (("cannot_tell", "live"), False, True, Came.UNTOLD),
        (("same", "live"), True, False, Came.WRONG),
        (("same", "not_live"), True, False, Came.RIGHT),
        # Refused for a reason that is not the one: the person is kept out all the same.
        (("different", "live"), True, False, Came.RIGHT),
        (("same", "live"), False, False, Came.WRONG),
    ],
)
def test_an_answer_is_right_when_it_accepts_or_refuses_as_it_should(
    said: tuple[str, str], same: bool, live: bool, came: Came
) -> None:
    assert came_to(*said, same=same, live=live) is came


def test_a_reviewer_s_answers_are_counted_by_what_they_came_to() -> None:
    reviewer = a_person(Role.REVIEWER)
    an_answered_case(reviewer, ACCEPT, same=False)
    an_answered_case(reviewer, REFUSE, same=False)
    an_answered_case(reviewer, UNSURE, live=False)
    an_answered_case(reviewer, ACCEPT)
    an_answered_case(a_person(Role.REVIEWER), REFUSE)
    assert results_of(reviewer) == Results(impostors=Tally(right=1, wrong=1, untold=1), genuine=Tally(right=1))


def test_real_cases_count_in_nobody_s_results() -> None:
    reviewer = a_person(Role.REVIEWER)
    vote(claim_on(a_followed_case(), reviewer))
    settled()
    assert results_of(reviewer).seen == 0


def test_an_answer_counts_once_it_cannot_be_taken_back() -> None:
    reviewer = a_person(Role.REVIEWER)
    given = an_answered_case(reviewer, counts=False)
    assert results_of(reviewer).seen == 0
    assert answer_after_vote(given.claim_id, reviewer) is None
    undo(given.claim_id, reviewer)
    settled()
    assert results_of(reviewer).seen == 0
    assert answer_after_vote(given.claim_id, reviewer) is None
    assert latest_answers(reviewer) == []


def test_the_answer_is_told_to_whoever_voted_and_to_nobody_else() -> None:
    reviewer = a_person(Role.REVIEWER)
    given = an_answered_case(reviewer, ACCEPT, same=False)
    told = answer_after_vote(given.claim_id, reviewer)
    assert told is not None
    assert (told.same, told.live, told.came, told.settled) == (False, True, Came.WRONG, False)
    assert told.truth == "They are two different people."
    assert answer_after_vote(given.claim_id, a_person(Role.REVIEWER)) is None


def test_a_real_case_has_no_known_answer() -> None:
    claim = claim_on(a_followed_case())
    vote(claim)
    settled()
    assert answer_after_vote(claim.pk, claim.reviewer) is None


def test_a_blind_colleague_s_answer_opens_nothing_to_whoever_has_not_voted() -> None:
    known = a_known_case_in_review(a_programme_of_two())
    first = claim_on(known)
    vote(first)
    settled()
    second = claim_on(known)
    assert answer_after_vote(first.pk, first.reviewer) is not None
    assert answer_after_vote(second.pk, second.reviewer) is None
    assert answer_after_vote(first.pk, second.reviewer) is None


def test_a_senior_s_word_on_a_case_on_which_others_differed_is_told_and_not_counted() -> None:
    known = a_known_case_in_review(a_programme_of_two())
    for answer in (ACCEPT, REFUSE):
        vote(claim_on(known), *answer)
        settled()
    senior = a_person(Role.SENIOR_REVIEWER)
    claim = claim_on(known, senior)
    given = vote(claim, *ACCEPT)
    settled()
    given.refresh_from_db()
    assert (given.adjudicates, given.state) == (True, Vote.State.COUNTED)
    assert results_of(senior).seen == 0
    told = answer_after_vote(claim.pk, senior)
    assert told is not None
    assert told.settled


def test_no_rate_is_spoken_of_before_there_is_enough() -> None:
    reviewer = a_person(Role.REVIEWER)
    many_answered(reviewer, {REFUSE: NOT_ENOUGH - 2, ACCEPT: 1, UNSURE: 40}, same=False)
    found = results_of(reviewer).impostors
    assert (found.seen, found.answered, found.missing, found.rate, found.untold_rate) == (92, 52, 1, None, None)


def test_a_rate_stands_with_its_bounds_and_leaves_out_what_was_not_told() -> None:
    reviewer = a_person(Role.REVIEWER)
    many_answered(reviewer, {REFUSE: NOT_ENOUGH - 2, ACCEPT: 2, UNSURE: 5}, same=False)
    many_answered(reviewer, {ACCEPT: 90, REFUSE: 10})
    found = results_of(reviewer)
    assert found.impostors.rate == wilson(2, NOT_ENOUGH)
    assert found.impostors.untold_rate == wilson(5, NOT_ENOUGH + 5)
    assert found.genuine.rate == wilson(10, 100)


def test_what_everybody_answered_is_pooled_by_time_and_programme() -> None:
    first, second = a_person(Role.REVIEWER), a_person(Role.REVIEWER)
    an_answered_case(first, ACCEPT, same=False)
    given = an_answered_case(second, REFUSE, same=False)
    now = timezone.now()
    everything = pooled_results(now - timedelta(days=1), now)
    assert everything.impostors == Tally(right=1, wrong=1)
    assert pooled_results(now - timedelta(days=1), now, given.case.programme_id).impostors == Tally(right=1)
    assert pooled_results(now - timedelta(days=1), now, a_programme().pk).seen == 0
    assert pooled_results(now, now + timedelta(days=1)).seen == 0


def test_reviewers_are_counted_by_whether_they_answered_enough_and_never_named() -> None:
    many_answered(a_person(Role.REVIEWER), {REFUSE: NOT_ENOUGH}, same=False)
    many_answered(a_person(Role.REVIEWER), {REFUSE: NOT_ENOUGH - 1}, same=False)
    many_answered(a_person(Role.REVIEWER), {ACCEPT: 200})
    assert reviewers_measured() == Measured(enough=1, not_enough=2)


def test_erasing_a_known_case_takes_its_answers_out_of_the_results() -> None:
    reviewer = a_person(Role.REVIEWER)
    given = an_answered_case(reviewer)
    erase_case(given.case_id, actor=OPERATOR)
    assert results_of(reviewer).seen == 0
