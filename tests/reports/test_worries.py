"""Worries and holds are counted from the log, so that an erasure changes no figure."""

from __future__ import annotations

import pytest

from tests.incidents.worries import a_held_worry, a_worry
from verification.audit.events import OPERATOR
from verification.incidents import handling, hold_ends, holds
from verification.reports import worries
from verification.retention.erase import erase_case

from .days import a_window

pytestmark = pytest.mark.django_db


def test_a_quiet_period_has_none() -> None:
    assert worries.worries(a_window()) == []
    assert worries.legal_holds(a_window()) == worries.Holds(0, 0, 0, 0, 0, 0, 0, 0, 0, None)


def test_everything_that_became_of_holds_is_counted() -> None:
    held, refused = a_held_worry(), a_worry()
    first = held.hold
    holds.answer_hold(refused.hold.pk, refused.officer, approves=False)
    holds.answer_hold(holds.ask_hold(held.incident.pk, held.senior).pk, held.officer, approves=True)
    a_worry()
    assert worries.legal_holds(a_window()) == worries.Holds(4, 2, 1, 1, 0, 0, 0, 1, 1, first.asked_at)
    hold_ends.release(held.hold.pk, held.senior)
    found = worries.legal_holds(a_window())
    assert (found.released, found.in_force, found.oldest) == (1, 0, None)


def test_worries_are_counted_by_kind_and_outcome_also_after_an_erasure() -> None:
    closed = a_worry("coercion")
    a_worry("no_response")
    handling.close(closed.incident.pk, closed.senior, outcome="help_sent", hold="release")
    erase_case(closed.case.pk, actor=OPERATOR)
    assert worries.worries(a_window()) == [
        worries.Worries("coercion", "help_sent", 1),
        worries.Worries("no_response", "", 1),
    ]
    assert worries.worries(a_window(closed.case.programme_id)) == [worries.Worries("coercion", "help_sent", 1)]
