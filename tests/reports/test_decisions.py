"""*Decisions* says how cases ended, how often the first vote was overturned, and errors only where there are enough."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.known.answering import ACCEPT, REFUSE, an_answered_case, many_answered
from verification.access.roles import Role
from verification.policy.agreement import NOT_ENOUGH
from verification.reports import cases, decisions, judgement
from verification.reports.document import Content, Table, tables
from verification.reports.window import Span, Window
from verification.reports.words import Words
from verification.review import queue
from verification.review.decisions import undo

from .days import a_window

pytestmark = pytest.mark.django_db


def content(window: Window | None = None, language: str = "en") -> Content:
    return decisions.build(window or a_window(), Words(language))


def table(found: Content, key: str, number: int = 0) -> Table:
    return [part for section, part in tables(found.sections) if section.key == key][number]


def settled_by_a_senior(same: str) -> None:
    case, _ = factories.a_case_on_which_votes_differ()
    claim = queue.take_next(factories.a_person(Role.SENIOR_REVIEWER))
    assert claim is not None
    assert claim.item_id == case.pk
    factories.vote(claim, same)
    factories.settled()


@pytest.mark.parametrize(("word", "overturned"), [("same", 0), ("different", 1)])
def test_a_case_is_overturned_when_it_ends_otherwise_than_the_first_vote_said(word: str, overturned: int) -> None:
    settled_by_a_senior(word)
    window = a_window()
    assert judgement.overturned(window) == judgement.Overturned(1, overturned)
    assert judgement.adjudications(window) == [("votes_differ", 1)]


def test_a_vote_taken_back_is_not_the_first_vote() -> None:
    claim = factories.a_claim()
    factories.vote(claim, "different")
    factories.vote(undo(claim.pk, claim.reviewer), "same")
    factories.settled()
    assert judgement.overturned(a_window()) == judgement.Overturned(1, 0)


def test_ends_are_counted_by_programme_and_by_answer() -> None:
    one, other = factories.a_programme(), factories.a_programme()
    for _ in range(3):
        factories.a_passed_case(one)
    factories.vote(factories.a_claim(programme=other), "different")
    factories.settled()
    found = content()
    by_programme = [[cell.value for cell in line.cells] for line in table(found, "ends", 1).rows]
    assert by_programme == [[one.name, 3, 0, 0, 0.0], [other.name, 0, 1, 0, 1.0]]
    answers = [[cell.value for cell in line.cells] for line in table(found, "ends").rows]
    assert answers == [["Closed by machine", "none", 3, 0.75], ["Closed by people", "Not verified", 1, 0.25]]


def test_a_programme_chosen_leaves_the_others_out() -> None:
    mine = factories.a_programme()
    factories.a_passed_case(mine)
    factories.a_passed_case()
    assert cases.ends_by_programme(a_window(mine.pk)).keys() == {mine.pk}


def test_an_error_rate_is_given_with_its_bounds_where_there_is_enough() -> None:
    reviewer = factories.a_person(Role.REVIEWER)
    many_answered(reviewer, {REFUSE: NOT_ENOUGH - 1, ACCEPT: 1}, same=False)
    an_answered_case(reviewer)
    impostors, genuine = table(content(), "known").rows
    assert [cell.value for cell in impostors.cells][1:] == [NOT_ENOUGH, 1, pytest.approx(1 / 53), "0.3% to 9.9%", 0]
    assert [cell.value for cell in genuine.cells][3:5] == [None, "not enough yet: 52 more answers"]


def test_the_head_says_the_share_and_the_waits() -> None:
    factories.a_passed_case()
    factories.vote(factories.a_claim())
    factories.settled()
    said = [one.text for one in content().lead]
    assert said[0] == "One case was closed by machine and 1 by people; 0 ended without an answer."
    assert said[1] == "50.0% of the 2 cases checked went to people."
    assert said[2].startswith("Half of those waited no longer than 0 s")
    assert said[3] == "0 of 1 cases that people closed ended otherwise than the first vote said."


def test_a_quiet_period_says_why_each_table_is_empty() -> None:
    now = timezone.now()
    before = Window(Span.CUSTOM, now - timedelta(days=9), now - timedelta(days=8))
    found = content(before)
    assert [one.text for one in found.lead] == [
        "0 cases were closed by machine and 0 by people; 0 ended without an answer."
    ]
    assert all(part.empty for _, part in tables(found.sections))


def test_the_same_content_is_said_in_chinese() -> None:
    factories.a_passed_case()
    english, chinese = content(), content(language="zh-hans")
    assert [one.key for one in chinese.sections] == [one.key for one in english.sections]
    assert chinese.lead[0].text == "机器结案 1 件，人工结案 0 件，没有结论 0 件。"
