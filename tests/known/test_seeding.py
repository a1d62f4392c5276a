"""When a known case follows a real one, and which pair it is made from."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from math import sqrt
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from verification import tasks
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.known import seeding, sets
from verification.known.models import KnownCase, KnownPair

from .stocked import a_followed_case, a_pair, follow

TRIES = 2_000


def a_chance(seed: int) -> random.Random:
    """Luck that is the same in every run."""
    return random.Random(seed)  # noqa: S311 - no secret


def drawn(share: float, seed: int = 7) -> list[seeding.Wanted]:
    chance = a_chance(seed)
    found = (seeding.draw(share, chance) for _ in range(TRIES))
    return [wanted for wanted in found if wanted]


def within(count: int, tries: int, probability: float) -> bool:
    """Inside four standard deviations of the binomial: one run in 16,000 would fail, and the seed is fixed."""
    spread = sqrt(tries * probability * (1 - probability))
    return abs(count - tries * probability) <= 4 * spread


@pytest.mark.parametrize("share", [0.02, 0.1, 0.25, 0.4])
def test_the_share_of_known_cases_is_the_one_that_was_set(share: float) -> None:
    known = len(drawn(share))
    assert within(known, TRIES, share / (1 - share))
    assert known / (TRIES + known) == pytest.approx(share, abs=0.02)


def test_half_of_the_known_cases_call_for_a_no() -> None:
    found = drawn(0.5)
    assert len(found) == TRIES
    assert within(found.count(seeding.Wanted.IMPOSTOR), TRIES, 0.5)


def test_a_share_of_nought_switches_known_cases_off() -> None:
    assert drawn(0.0) == []


@pytest.mark.django_db
def test_a_known_case_is_taken_in_like_a_real_one() -> None:
    pair = a_pair(same=False)
    real = a_followed_case()
    case = follow(real)
    assert case is not None
    like = ("programme_id", "kind", "captured_by", "scopes", "notice_version", "live_images", "outcome", "policy")
    assert [getattr(case, name) for name in like] == [getattr(real, name) for name in like[:-1]] + [""]
    assert (case.status, case.known, len(case.subject)) == (CaseStatus.RECEIVED, True, len(real.subject))
    assert sorted(case.media.values_list("kind", flat=True)) == ["live-0", "reference"]
    answer = KnownCase.objects.get(case=case)
    assert (answer.pair_id, answer.same, answer.live) == (pair.pk, False, True)
    seeded = Entry.objects.get(event=Event.KNOWN_SEEDED)
    assert (seeded.case_id, seeded.actor_id) == (name_of(case.pk), "worker")


@pytest.mark.django_db
def test_it_is_a_moment_of_its_own_and_no_worker_is_told_before(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []

    def ring(case_id: object) -> bool:
        rung.append(case_id)
        return True

    monkeypatch.setattr(tasks, "ring", ring)
    settings.KNOWN_CASE_SHARE, settings.KNOWN_CASE_SPREAD_MINUTES = 0.5, 30
    a_pair()
    case = seeding.follow(a_followed_case().pk, a_chance(3))
    assert case is not None
    ahead = case.received_at - timezone.now()
    assert timedelta(minutes=1) < ahead < timedelta(minutes=30)
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        assert tasks.ring_again() == 0
    with time_machine.travel(case.received_at + timedelta(seconds=3), tick=False):
        assert tasks.ring_again() == 1
    assert rung == [case.pk]


@pytest.mark.django_db
def test_moments_are_spread_over_the_whole_time(settings: Any) -> None:
    settings.KNOWN_CASE_SHARE, settings.KNOWN_CASE_SPREAD_MINUTES = 0.5, 10
    real, chance = a_followed_case(), a_chance(1)
    minutes = []
    for _ in range(40):
        a_pair()
        case = seeding.follow(real.pk, chance)
        assert case is not None
        minutes.append((case.received_at - timezone.now()).total_seconds() / 60)
    assert min(minutes) < 2
    assert max(minutes) > 8


@pytest.mark.parametrize("change", [{"captured_by": "capture_page"}, {"live_images": 2}, {"known": True}])
@pytest.mark.django_db
def test_nothing_follows_a_case_among_which_a_known_one_would_stand_out(change: dict[str, Any]) -> None:
    a_pair()
    real = a_followed_case()
    Case.objects.filter(pk=real.pk).update(**change)
    assert follow(real) is None
    assert KnownPair.objects.get().used == 0


@pytest.mark.django_db
def test_nothing_follows_without_a_stock() -> None:
    assert follow(a_followed_case()) is None
    assert not Case.objects.filter(known=True).exists()


@pytest.mark.django_db
def test_the_least_used_pair_is_taken() -> None:
    long_ago = timezone.now() - sets.REST - timedelta(days=1)
    worn, fresh = a_pair(), a_pair()
    KnownPair.objects.filter(pk=worn.pk).update(used=3, last_used_at=long_ago)
    KnownPair.objects.filter(pk=fresh.pk).update(used=1, last_used_at=long_ago)
    case = follow(a_followed_case())
    assert case is not None
    assert KnownCase.objects.get(case=case).pair_id == fresh.pk


@pytest.mark.django_db
def test_a_pair_rests_for_as_long_as_answers_are_kept() -> None:
    pair, real = a_pair(), a_followed_case()
    assert follow(real) is not None
    assert follow(real) is None
    KnownPair.objects.update(last_used_at=timezone.now() - sets.REST + timedelta(minutes=1))
    assert follow(real) is None
    KnownPair.objects.update(last_used_at=timezone.now() - sets.REST - timedelta(minutes=1))
    assert follow(real) is not None
    pair.refresh_from_db()
    assert pair.used == 2


@pytest.mark.django_db
def test_the_other_answer_stands_in_where_the_stock_has_only_that() -> None:
    real = a_followed_case()
    for _ in range(8):
        a_pair(same=True, live=False)
    made = [follow(real) for _ in range(8)]
    assert all(made)
    assert set(KnownCase.objects.values_list("live", flat=True)) == {False}


@pytest.mark.django_db
def test_attacks_and_other_people_both_count_as_impostors() -> None:
    for same, live in ((False, True), (True, False), (False, False)):
        a_pair(same=same, live=live)
    assert sets.in_stock() == sets.Stock(genuine=0, impostors=3, resting=0)


@pytest.mark.django_db
def test_a_pair_that_does_not_open_is_passed_over_and_does_not_come_again() -> None:
    broken = a_pair()
    KnownPair.objects.filter(pk=broken.pk).update(reference=b"x" * 64)
    real = a_followed_case()
    assert follow(real) is None
    assert not Case.objects.filter(known=True).exists()
    a_pair()
    assert follow(real) is not None


@pytest.mark.django_db
def test_a_set_that_is_retired_in_the_middle_makes_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    a_pair()
    take = seeding._take

    def taken_then_retired(wanted: seeding.Wanted) -> Any:
        pair_id = take(wanted)
        KnownPair.objects.update(wrapped=None, reference=None, live_image=None, retired_at=timezone.now())
        return pair_id

    monkeypatch.setattr(seeding, "_take", taken_then_retired)
    assert follow(a_followed_case()) is None
    assert not Case.objects.filter(known=True).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_two_pairs() -> None:
    a_pair()
    a_pair()
    first = a_followed_case()
    with transaction.atomic():
        # The first pair stays locked, as by another worker in the middle of its transaction.
        held = KnownPair.objects.select_for_update().order_by("pk").first()
        assert held is not None
        made: list[Case | None] = []
        thread = threading.Thread(target=lambda: made.append(_followed_elsewhere(first)))
        thread.start()
        thread.join()
    assert made[0] is not None
    assert KnownCase.objects.get().pair_id != held.pk


def _followed_elsewhere(case: Case) -> Case | None:
    try:
        return follow(case)
    finally:
        connection.close()
