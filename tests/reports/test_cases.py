"""Cases are counted as what happened to them, from the log, and as they stand now, from their rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from verification.access.roles import Role
from verification.audit.events import SWEEPER
from verification.reports import cases
from verification.reports.window import Span, Window
from verification.retention.erase import erase_case, expire_case
from verification.review import decisions, queue

from .days import a_window, count_everything

pytestmark = pytest.mark.django_db


def ends(window: Window) -> cases.Ends:
    return cases.ends(cases.moves(window))


def decide_the_next() -> None:
    reviewer = factories.a_person(Role.REVIEWER)
    claim = queue.take_next(reviewer)
    assert claim is not None
    decisions.decide(
        claim.pk, reviewer, same_person="same", alive="live", confidence="4", reasons=["features_agree"], note=""
    )
    factories.settled()


def test_each_end_is_counted_once_and_the_share_is_of_the_cases_checked() -> None:
    for _ in range(3):
        factories.a_passed_case()
    factories.a_case_in_review()
    decide_the_next()
    expire_case(factories.a_received_case(), actor=SWEEPER)
    factories.a_case_in_review()
    found = ends(a_window())
    assert found == cases.Ends(by_machine=3, by_people=1, unresolved=1, erased=0, to_people=2, checked=6)
    assert found.share_to_people == pytest.approx(2 / 6)


def test_a_case_erased_since_still_counts_as_what_it_was() -> None:
    erase_case(factories.a_passed_case().pk, actor=SWEEPER)
    assert ends(a_window()) == cases.Ends(1, 0, 0, erased=1, to_people=0, checked=1)
    assert cases.standing(a_window()) == [cases.Standing("erased", "", 1)]


def test_another_programme_s_cases_are_left_out() -> None:
    mine, other = factories.a_programme(), factories.a_programme()
    factories.a_passed_case(mine)
    factories.a_passed_case(other)
    factories.a_case_in_review(other)
    assert ends(a_window(mine.pk)).checked == 1
    assert cases.standing(a_window(mine.pk)) == [cases.Standing("passed", "", 1)]


def test_nothing_checked_has_no_share() -> None:
    assert ends(a_window()).share_to_people is None


def test_a_window_that_has_not_begun_or_is_over_holds_nothing() -> None:
    factories.a_passed_case()
    count_everything()
    now = timezone.now()
    assert ends(Window(Span.CUSTOM, now, now + timedelta(days=1))).by_machine == 0
    assert ends(Window(Span.CUSTOM, now - timedelta(days=1), now - timedelta(hours=1))).by_machine == 0


def test_every_day_of_the_window_has_its_line_also_the_empty_ones() -> None:
    factories.a_passed_case()
    days = cases.ends_by_day(a_window(), cases.moves(a_window()))
    assert [day.by_machine for day in days] == [0, 1, 0]
    assert days[1].day == timezone.localdate()
