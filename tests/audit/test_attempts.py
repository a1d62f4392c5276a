"""Refused attempts are all in the log, and nobody can fill it with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from verification.audit import attempts, log
from verification.audit.events import VISITOR, Actor, Event
from verification.audit.models import Attempts, Entry

NOON = datetime(2026, 11, 25, 12, 0, 30, tzinfo=UTC)
ANN, BEN = Actor.person("ann"), Actor.person("ben")


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@transaction.atomic
def try_it(times: int = 1, *, actor: Actor = ANN, reason: str = "role_missing", route: str = "people") -> None:
    for _ in range(times):
        attempts.refused(Event.ACCESS_DENIED, actor=actor, reason=reason, route=route)


def facts() -> list[dict[str, Any]]:
    return [json.loads(entry.body)["facts"] for entry in Entry.objects.order_by("id")]


@pytest.mark.django_db
def test_the_first_of_a_minute_are_entries_of_their_own() -> None:
    try_it(attempts.SINGLY)
    assert facts() == [{"reason": "role_missing", "route": "people"}] * attempts.SINGLY


@pytest.mark.django_db
def test_those_beyond_are_one_entry_once_the_minute_is_over(clock: Any) -> None:
    try_it(attempts.SINGLY)
    try_it(90, route="programmes")
    try_it(10, route="people")
    assert attempts.sum_up() == 0
    clock.shift(timedelta(seconds=30))
    assert attempts.sum_up() == 1
    assert len(facts()) == attempts.SINGLY + 1
    assert facts()[-1] == {
        "reason": "role_missing", "times": 100, "routes": ["people", "programmes"], "minute": "2026-11-25T12:00+00:00",
    }  # fmt: skip
    assert Entry.objects.latest("id").actor_id == "ann"
    assert not Attempts.objects.exists()
    assert attempts.sum_up() == 0


@pytest.mark.django_db
def test_few_attempts_leave_no_sum_and_no_count(clock: Any) -> None:
    try_it(2)
    clock.shift(timedelta(minutes=5))
    assert attempts.sum_up() == 0
    assert (len(facts()), Attempts.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_everybody_every_reason_and_every_minute_is_counted_apart(clock: Any) -> None:
    for actor in (ANN, BEN):
        for reason in ("role_missing", "not_found"):
            try_it(9, actor=actor, reason=reason)
    assert len(facts()) == 4 * attempts.SINGLY
    clock.shift(timedelta(minutes=1))
    try_it(9)
    assert len(facts()) == 5 * attempts.SINGLY


@pytest.mark.django_db
def test_all_who_are_not_signed_in_together_leave_six_entries_a_minute_for_a_reason(
    clock: Any,
) -> None:
    for _ in range(3):
        try_it(1_000, actor=VISITOR, reason="key_invalid", route="api:cases")
        clock.shift(timedelta(minutes=1))
        attempts.sum_up()
    assert len(facts()) == 3 * (attempts.SINGLY + 1)
    assert sum(one.get("times", 1) for one in facts()) == 3_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    "event",
    [
        Event.ACCESS_DENIED, Event.SESSION_REFUSED, Event.CROP_REFUSED, Event.DECISION_REFUSED, Event.WIDER_REFUSED,
        Event.CAPTURE_REFUSED,
    ],
)  # fmt: skip
def test_every_kind_of_refusal_can_be_summed_up(event: Event, clock: Any) -> None:
    with transaction.atomic():
        for _ in range(8):
            attempts.refused(event, actor=ANN, reason="any")
    clock.shift(timedelta(minutes=1))
    assert attempts.sum_up() == 1
    assert facts()[-1]["times"] == 3


@pytest.mark.django_db(transaction=True)
def test_an_attempt_belongs_in_a_transaction_and_counts_only_with_its_entry() -> None:
    with pytest.raises(log.OutsideTransaction):
        attempts.refused(Event.ACCESS_DENIED, actor=ANN, reason="any", route="people")
    with pytest.raises(log.UndeclaredFact), transaction.atomic():
        attempts.refused(Event.ACCESS_DENIED, actor=ANN, reason="any", name="Ann")
    assert not Attempts.objects.filter(times__gt=1).exists()


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_moment_are_all_counted(clock: Any) -> None:
    def one(_: int) -> None:
        try:
            try_it()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, range(40)))
    assert len(facts()) == attempts.SINGLY
    clock.shift(timedelta(minutes=1))
    attempts.sum_up()
    assert facts()[-1]["times"] == 40 - attempts.SINGLY


@pytest.mark.django_db(transaction=True)
def test_only_what_is_counted_need_not_wait_for_the_disk() -> None:
    def waits() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")
            with transaction.atomic():
                attempts.refused(Event.ACCESS_DENIED, actor=ANN, reason="any", route="people")
                cursor.execute("SHOW synchronous_commit")
                (value,) = cursor.fetchone()
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
        return str(value)

    assert [waits() for _ in range(attempts.SINGLY + 2)] == ["on"] * attempts.SINGLY + ["off"] * 2
