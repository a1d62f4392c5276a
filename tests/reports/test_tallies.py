"""What the reports count is the published log: exactly up to a checkpoint, and the same however it was counted."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from tests import factories
from tests.audit.keepers import Keepers
from tests.audit.tampering import settle, tamper
from tests.known.answering import an_answered_case
from verification import sweeper
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event
from verification.audit.models import Entry, Leaf, SignedCheckpoint
from verification.audit.pseudonyms import name_of
from verification.reports import tallies
from verification.reports.models import ClaimSummary, Counted, EndedCase, HourCount
from verification.retention.erase import erase_case
from verification.review import claims, grants, queue

from .days import count_everything

pytestmark = pytest.mark.django_db


def a_busy_day() -> None:
    """Cases of every end, looks with and without a decision, a vote taken back, a known case, refusals, an erasure."""
    for _ in range(2):
        factories.a_passed_case()
    for answer in ("same", "different"):
        claim = factories.a_claim()
        look(claim)
        factories.vote(claim, answer)
        factories.settled()
    left = factories.a_claim()
    look(left)
    claims.release(left.pk, left.reviewer)
    again = queue.take_next(factories.a_person(Role.REVIEWER))
    assert again is not None
    factories.vote(again)
    factories.settled()
    an_answered_case(factories.a_person(Role.REVIEWER))
    erase_case(factories.a_passed_case().pk, actor=SWEEPER)


def look(claim: Any) -> None:
    for token in grants.mint_tickets(claim.pk, claim.reviewer, "s", claim.item.crops).values():
        grants.redeem(token, session_key="s", reviewer=claim.reviewer)


def counted() -> list[list[tuple[Any, ...]]]:
    """Every table, without its row numbers, in an order of its own."""
    return [
        sorted(
            (tuple(value for name, value in one.items() if name != "id") for one in table.objects.values()), key=repr
        )
        for table in tallies.TABLES
    ]


def state() -> Counted:
    return Counted.objects.get()


def test_counting_in_many_steps_at_once_and_anew_comes_to_the_same() -> None:
    for _ in range(3):
        a_busy_day()
        count_everything()
    in_steps = counted()
    assert all(in_steps)
    tallies.rebuild()
    assert counted() == in_steps
    call_command("reports_rebuild", stdout=io.StringIO())
    assert counted() == in_steps


def test_one_checkpoint_for_each_entry_comes_to_the_same_as_one_for_all() -> None:
    a_busy_day()
    count_everything()
    at_once, size = counted(), state().size
    SignedCheckpoint.objects.bulk_create(SignedCheckpoint(origin="o", size=n, note="") for n in range(1, size))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tallies, "STEP", 1)
        tallies.rebuild()
    assert counted() == at_once


def test_the_hours_are_what_a_scan_of_the_log_counts() -> None:
    a_busy_day()
    count_everything()
    scanned = Counter(
        (entry.event, entry.at.replace(minute=0, second=0, microsecond=0), entry.actor_kind)
        for entry in Entry.objects.all()
    )
    found: Counter[tuple[str, Any, str]] = Counter()
    for one in HourCount.objects.all():
        found[one.event, one.hour, one.actor_kind] += one.n
    assert found == scanned
    assert found.total() == state().size == Leaf.objects.count()


def test_a_claim_holds_what_its_entries_say() -> None:
    claim = factories.a_claim()
    look(claim)
    factories.vote(claim, "different")
    count_everything()
    first = ClaimSummary.objects.get(claim=str(claim.pk))
    assert (first.taken_by, first.case_id, first.fence) == (str(claim.reviewer_id), name_of(claim.item_id), 1)
    assert (first.same_person, first.alive, first.end, first.took_effect) == ("different", "live", "decided", False)
    factories.settled()
    count_everything()
    later = ClaimSummary.objects.get(claim=str(claim.pk))
    assert (later.decided_at, later.took_effect, later.undone, later.voided) == (first.decided_at, True, False, False)
    assert EndedCase.objects.get().outcome == "not_verified"


def test_an_end_stays_what_it_was_when_the_case_is_erased() -> None:
    case = factories.a_passed_case()
    name = name_of(case.pk)
    assert name is not None
    erase_case(case.pk, actor=SWEEPER)
    count_everything()
    assert EndedCase.objects.get(case_id=name).status == "passed"


def test_a_case_with_a_known_answer_is_counted_apart() -> None:
    an_answered_case(factories.a_person(Role.REVIEWER))
    count_everything()
    assert not HourCount.objects.filter(event="claim:taken", real=True).exists()
    assert ClaimSummary.objects.get().real is False


def test_what_no_checkpoint_covers_is_not_counted() -> None:
    factories.a_passed_case()
    count_everything()
    size = state().size
    factories.a_passed_case()
    assert tallies.count_published() == 0
    assert state().size == size == SignedCheckpoint.objects.latest("id").size


def test_counting_twice_counts_once() -> None:
    a_busy_day()
    count_everything()
    once = counted()
    assert tallies.count_published() == 0
    assert counted() == once


def test_a_log_that_was_set_back_is_left_alone() -> None:
    a_busy_day()
    count_everything()
    before, size = counted(), state().size
    tamper("DELETE FROM audit_checkpoint")
    SignedCheckpoint.objects.create(origin="o", size=size - 3, note="")
    assert tallies.count_published() == 0
    assert (counted(), state().size) == (before, size)


def test_hours_of_another_time_zone_are_counted_anew(settings: Settings) -> None:
    with transaction.atomic():
        log.record(Event.DUTY_STARTED, actor=Actor.person("x"))
    count_everything()
    settings.TIME_ZONE = "Asia/Kolkata"
    tallies.count_published()
    (hour,) = HourCount.objects.values_list("hour", flat=True)
    # Half past, in universal time.
    assert (hour.minute, state().zone) == (30, "Asia/Kolkata")


def test_counts_by_other_rules_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    a_busy_day()
    count_everything()
    once, size = counted(), state().size
    monkeypatch.setattr(tallies, "RULES", tallies.RULES + 1)
    assert tallies.count_published() == size
    assert counted() == once


def test_an_entry_with_a_programme_that_is_no_id_does_not_stop_the_counting() -> None:
    with transaction.atomic():
        log.record(Event.PROGRAMME_CHANGED, actor=SWEEPER, programme="'; DROP TABLE audit_entry; --", fields=[])
    assert count_everything() == 1
    assert HourCount.objects.get().programme_id is None


def test_a_failed_count_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    a_busy_day()
    count_everything()
    before, size = counted(), state().size
    a_busy_day()
    monkeypatch.setattr(tallies, "_STATEMENTS", (*tallies._STATEMENTS, "SELECT 1 / 0"))
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        count_everything()
    assert (counted(), state().size) == (before, size)


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_counts_what_it_has_just_published(keepers: Keepers) -> None:
    factories.a_passed_case()
    settle()
    keepers.publish()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_hour")
        assert cursor.fetchone() == (0,)
    assert sweeper.sweep_once()["entries_counted"] > 0
    assert state().size == SignedCheckpoint.objects.latest("id").size
    assert state().size > 0
    assert HourCount.objects.filter(hour__gt=timezone.now() - timedelta(hours=2)).exists()
