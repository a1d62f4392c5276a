"""Something to do for each step of the sweeper: what is to be there beforehand, and how much later the step comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.test import Client

from tests.factories import (
    a_case_in_review,
    a_claim,
    a_passed_case,
    a_person,
    a_received_case,
    a_session,
    an_asked_view,
    approve,
    settled,
    vote,
)
from tests.incidents.worries import a_held_worry, a_worry
from tests.reports.checked import a_checked_case
from verification.access.people import change_email
from verification.access.roles import Role
from verification.audit import attempts
from verification.audit.events import OPERATOR, VISITOR, Event
from verification.capture import doors, endings
from verification.incidents import duty, forgetting, handling, hold_ends
from verification.incidents.limits import DUTY_FOR, HOLD_FOR, PROVISIONAL
from verification.notices import board
from verification.notices.models import Notice
from verification.retention import due, schedule
from verification.retention.erase import erase_case
from verification.review import setting_aside
from verification.vault import objects

MOMENT = timedelta(seconds=1)


def _handed_over() -> None:
    a_person(Role.SENIOR_REVIEWER)
    claim = a_claim()
    setting_aside.hand_over(claim.pk, claim.reviewer, None)


def _put_aside() -> None:
    claim = a_claim()
    setting_aside.hold(claim.pk, claim.reviewer, reason="need_a_break", minutes=5)


def _decided() -> None:
    vote(a_claim())
    assert settled() == 1


def _closed_with_a_hold_that_ended() -> None:
    worry = a_held_worry()
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern", hold="keep")
    erase_case(worry.case.pk, actor=OPERATOR)
    hold_ends.release(worry.hold.pk, worry.senior)


def _erased_and_held_no_longer() -> None:
    _closed_with_a_hold_that_ended()
    assert due.destroy_media_of_closed_cases() == 1
    assert forgetting.forget_finished() == 1


def _overdue() -> None:
    a_person(Role.SENIOR_REVIEWER)
    a_case_in_review()


def _to_be_mailed() -> None:
    person = a_person()
    change_email(person, "somebody@bank.example", wants_email=True)
    board.notify(Notice.Kind.QUEUE_OVERDUE, "an hour", [person])


def _failed_to_sign_in() -> None:
    Client().post("/login", {"username": "somebody", "password": "typed by mistake"})


@transaction.atomic
def _refused_many_times() -> None:
    for _ in range(2 * attempts.SINGLY):
        attempts.refused(Event.ACCESS_DENIED, actor=VISITOR, reason="signed_out", route="people")


# Step → (what is to be there, how much later).
WORK: dict[str, tuple[Callable[[], object], timedelta]] = {
    "claims_ended": (a_claim, timedelta(minutes=11)),
    "cases_back": (_put_aside, timedelta(minutes=6)),
    "kept_notices_settled": (_handed_over, timedelta(minutes=31)),
    "votes_settled": (lambda: vote(a_claim()), timedelta(seconds=11)),
    "wider_views_ended": (an_asked_view, timedelta(minutes=11)),
    "cases_rung": (a_received_case, timedelta(seconds=31)),
    "wider_views_rung": (lambda: approve(an_asked_view()), timedelta(seconds=6)),
    "holds_ended": (a_worry, PROVISIONAL + MOMENT),
    "media_destroyed": (_decided, MOMENT),
    # The keys die with the erasure; here nothing is committed, so that the bytes stay for the sweeper.
    "bytes_deleted": (lambda: erase_case(a_received_case().pk, actor=OPERATOR), MOMENT),
    "refusals_summed": (_refused_many_times, timedelta(minutes=1)),
    "incidents_forgotten": (_closed_with_a_hold_that_ended, MOMENT),
    "erased_cases_cut": (_erased_and_held_no_longer, MOMENT),
    "duties_ended": (lambda: duty.start(a_person(Role.SENIOR_REVIEWER)), DUTY_FOR + MOMENT),
    "holds_warned_of": (a_held_worry, HOLD_FOR - timedelta(hours=1)),
    "captures_expired": (a_session, doors.OPEN_FOR + endings.GRACE + MOMENT),
    "cases_expired": (a_claim, schedule.OPEN_CASE + MOMENT),
    "records_erased": (a_passed_case, schedule.CASE_RECORD + MOMENT),
    "overdue_told": (_overdue, timedelta(hours=5)),
    "notices_mailed": (_to_be_mailed, timedelta(seconds=31)),
    "notices_forgotten": (_to_be_mailed, board.KEPT_FOR + MOMENT),
    "small_things_forgotten": (
        lambda: Client().post("/login", {"username": "a", "password": "b"}),
        timedelta(hours=13),
    ),
    # The limit is set to one person there.
    "filing_watched": (a_passed_case, MOMENT),
    "days_tallied": (a_checked_case, timedelta(days=1, minutes=11)),
    "orphans_deleted": (lambda: objects.write(b"sealed, and of no case"), schedule.ORPHAN + timedelta(minutes=1)),
}
