"""Reviewers take the next case; they never collide, and what was dropped is offered again."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.factories import a_case_in_review, a_claim, a_person, a_programme
from verification.access.assignment import Refused, take_role
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.retention.erase import erase_case
from verification.review import claims, queue
from verification.review.models import Claim, ReviewItem


@pytest.mark.django_db
def test_an_empty_queue_gives_nothing() -> None:
    assert queue.take_next(a_person(Role.REVIEWER)) is None


@pytest.mark.django_db
def test_the_oldest_case_comes_first() -> None:
    first, _second = a_case_in_review(), a_case_in_review()
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    assert claim.item_id == first.pk


@pytest.mark.django_db
def test_an_urgent_case_overtakes_older_ones() -> None:
    a_case_in_review()
    urgent = a_case_in_review(priority=1)
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    assert claim.item_id == urgent.pk


@pytest.mark.django_db
def test_a_reviewer_holds_one_case_at_a_time() -> None:
    a_case_in_review()
    a_case_in_review()
    reviewer = a_person(Role.REVIEWER)
    assert queue.take_next(reviewer) == queue.take_next(reviewer)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_others_take_nothing(role: Role) -> None:
    a_case_in_review()
    with pytest.raises(Refused):
        queue.take_next(a_person(role))
    assert not Claim.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sixteen_reviewers_at_once_never_collide() -> None:
    programme = a_programme()
    cases = {a_case_in_review(programme).pk for _ in range(12)}
    reviewers = [a_person(Role.REVIEWER) for _ in range(16)]
    barrier = threading.Barrier(16)
    taken: list[Claim | None] = []

    def take(number: int) -> None:
        barrier.wait()
        taken.append(queue.take_next(reviewers[number]))
        connection.close()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [claim.item_id for claim in taken if claim is not None]
    assert sorted(got) == sorted(cases)
    assert taken.count(None) == 4


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_reviewer_get_the_same_claim() -> None:
    for _ in range(2):
        a_case_in_review()
    reviewer = a_person(Role.REVIEWER)
    barrier = threading.Barrier(2)
    taken: list[Claim | None] = []

    def take() -> None:
        barrier.wait()
        taken.append(queue.take_next(reviewer))
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken[0] == taken[1]
    assert Claim.objects.count() == 1
    assert ReviewItem.objects.filter(state="waiting").count() == 1


@pytest.mark.django_db
def test_a_claim_ends_after_ten_minutes_and_the_case_is_offered_again() -> None:
    claim = a_claim()
    now = timezone.now()
    Claim.objects.update(heard_at=now + claims.CLAIM_FOR)
    with time_machine.travel(now + claims.CLAIM_FOR + timedelta(seconds=1)):
        assert claims.end_overdue() == 1
        again = queue.take_next(a_person(Role.REVIEWER))
    claim.refresh_from_db()
    assert claim.end == Claim.End.EXPIRED
    assert again is not None
    assert again.item_id == claim.item_id
    assert again.fence == claim.fence + 1


@pytest.mark.django_db
def test_a_page_that_falls_silent_loses_its_claim() -> None:
    claim = a_claim()
    late = timezone.now() + claims.SILENCE + timedelta(seconds=1)
    with time_machine.travel(late), pytest.raises(claims.ClaimEnded) as over:
        claims.open_claim(claim.pk, claim.reviewer)
    assert over.value.reason == Claim.End.ABANDONED


@pytest.mark.django_db
def test_a_pulse_keeps_the_claim() -> None:
    claim = a_claim()
    start = timezone.now()
    for second in range(0, 300, 50):
        with time_machine.travel(start + timedelta(seconds=second)):
            assert claims.pulse(claim.pk, claim.reviewer).open


@pytest.mark.django_db
def test_a_claim_is_extended_once() -> None:
    claim = a_claim()
    assert claims.extend(claim.pk, claim.reviewer).ends_at == claim.ends_at + claims.EXTEND_BY
    with pytest.raises(claims.AlreadyExtended):
        claims.extend(claim.pk, claim.reviewer)


@pytest.mark.django_db
def test_a_released_case_is_offered_again() -> None:
    claim = a_claim()
    claims.release(claim.pk, claim.reviewer)
    again = queue.take_next(a_person(Role.REVIEWER))
    assert again is not None
    assert again.item_id == claim.item_id


@pytest.mark.django_db
def test_a_foreign_claim_looks_like_a_missing_one() -> None:
    claim = a_claim()
    with pytest.raises(claims.NoSuchClaim):
        claims.open_claim(claim.pk, a_person(Role.REVIEWER))


@pytest.mark.django_db
def test_a_role_that_is_taken_ends_the_claim_at_once() -> None:
    claim = a_claim()
    take_role(a_person(Role.ADMINISTRATOR), claim.reviewer, Role.REVIEWER)
    state = claims.pulse(claim.pk, claim.reviewer)
    assert (state.open, state.reason) == (False, Claim.End.ROLE_TAKEN)


@pytest.mark.django_db
def test_erasing_the_case_ends_the_claim() -> None:
    claim = a_claim()
    erase_case(claim.item_id, actor=OPERATOR)
    with pytest.raises(claims.NoSuchClaim):
        claims.pulse(claim.pk, claim.reviewer)
    ended = Entry.objects.get(event=Event.CLAIM_ENDED)
    assert '"reason":"case_closed"' in ended.body


@pytest.mark.django_db
def test_health_counts_and_names_nobody() -> None:
    start = timezone.now()
    with time_machine.travel(start - timedelta(hours=2)):
        a_case_in_review()
    a_case_in_review()
    health = queue.health()
    assert health.waiting == 2
    assert health.oldest_seconds == pytest.approx(7200, abs=60)
    assert dict(health.by_age) == {
        "under 5 minutes": 1,
        "5 to 60 minutes": 0,
        "1 to 24 hours": 1,
        "over 24 hours": 0,
    }


@pytest.mark.django_db
def test_health_stops_counting_where_nobody_needs_the_exact_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "COUNT_LIMIT", 2)
    for _ in range(3):
        a_case_in_review()
    health = queue.health()
    assert (health.waiting, health.at_least) == (2, True)
