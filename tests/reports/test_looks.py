"""Every look is explained by the log, or it is counted as one that is not."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from tests import factories
from verification.access.models import User
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.audit.pseudonyms import name_of
from verification.reports import looks
from verification.reports.window import Window
from verification.review import claims, decisions, grants
from verification.review.models import Claim, LookTicket

from .days import a_window

pytestmark = pytest.mark.django_db


def account_of(window: Window) -> looks.Account:
    return looks.account(window, looks.by_reviewer(window))


def look(claim: Claim, reviewer: User) -> None:
    for token in grants.mint_tickets(claim.pk, reviewer, "session", claim.item.crops).values():
        grants.redeem(token, session_key="session", reviewer=reviewer)


def a_look() -> tuple[Claim, User]:
    reviewer = factories.a_person(Role.REVIEWER)
    claim = factories.a_claim(reviewer)
    look(claim, reviewer)
    return claim, reviewer


def decide(claim: Claim, reviewer: User) -> None:
    decisions.decide(
        claim.pk, reviewer, same_person="same", alive="live", confidence="4", reasons=["features_agree"], note=""
    )


def test_looks_under_a_claim_are_accounted_for() -> None:
    a_look()
    account = account_of(a_window())
    assert account == looks.Account(looks=2, unexplained=0, silent=0)
    assert account


def test_a_look_without_a_claim_is_unexplained() -> None:
    claim, reviewer = a_look()
    facts = {"media": "crop-live", "claim": str(claim.pk), "reason": "review"}
    somebody_else = factories.a_person(Role.REVIEWER)
    with transaction.atomic():
        log.record(Event.CROP_VIEWED, actor=Actor.person(somebody_else.pk), case_id=claim.item_id, **facts)
        log.record(Event.CROP_VIEWED, actor=Actor.person(reviewer.pk), case_id=uuid4(), **facts)
    account = account_of(a_window())
    assert (account.looks, account.unexplained) == (4, 2)
    assert not account


def test_a_used_ticket_without_an_entry_is_found() -> None:
    claim, _ = a_look()
    used = LookTicket.objects.first()
    assert used is not None
    LookTicket.objects.create(
        digest=b"x" * 32,
        claim=claim,
        media=used.media,
        session_digest=b"s" * 32,
        ends_at=used.ends_at,
        used_at=used.used_at,
    )
    assert account_of(a_window()) == looks.Account(looks=2, unexplained=0, silent=1)


def test_a_decision_taken_back_counts_nowhere_and_a_hasty_one_is_said() -> None:
    claim, reviewer = a_look()
    decide(claim, reviewer)
    again = decisions.undo(claim.pk, reviewer)
    (line,) = looks.by_reviewer(a_window())
    assert (line.decisions, line.hasty, line.median_seconds) == (0, 0, None)
    decide(again, reviewer)
    (line,) = looks.by_reviewer(a_window())
    assert (line.decisions, line.hasty) == (1, 1)


def test_a_reviewer_s_line_counts_looks_cases_and_decisions() -> None:
    claim, reviewer = a_look()
    decide(claim, reviewer)
    (line,) = looks.by_reviewer(a_window())
    assert (line.person, line.looks, line.cases, line.decisions, line.undecided) == (str(reviewer.pk), 2, 1, 1, 0)
    assert line.median_seconds is not None


def test_a_decision_without_a_look_has_its_line_too() -> None:
    reviewer = factories.a_person(Role.REVIEWER)
    decide(factories.a_claim(reviewer), reviewer)
    (line,) = looks.by_reviewer(a_window())
    assert (line.looks, line.decisions) == (0, 1)


def test_a_look_that_ended_without_a_decision_is_listed_with_its_end() -> None:
    claim, reviewer = a_look()
    claims.release(claim.pk, reviewer)
    (line,) = looks.by_reviewer(a_window())
    assert line.undecided == 1
    (listed,) = looks.undecided(a_window())
    assert (listed.person, listed.looks, listed.end) == (str(reviewer.pk), 2, "released")
    assert listed.case_id == name_of(claim.item_id)


def test_a_claim_that_is_still_open_is_not_called_undecided() -> None:
    a_look()
    assert looks.undecided(a_window()) == []
    assert looks.by_reviewer(a_window())[0].undecided == 0


def test_looks_of_another_programme_are_left_out() -> None:
    a_look()
    nobody_s = a_window(factories.a_programme().pk)
    assert account_of(nobody_s).looks == 0
    assert looks.by_reviewer(nobody_s) == []
