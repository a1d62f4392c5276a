"""So many requests per key and minute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from verification.audit import attempts
from verification.audit.models import Entry
from verification.cases.models import RequestWindow
from verification.cases.throttle import count_request

from .relying_party import CASES, RelyingParty, a_relying_party, assert_problem

NOON = timezone.now().replace(hour=12, minute=0, second=30, microsecond=0)


@pytest.fixture(autouse=True)
def _at_noon(settings: Any) -> Any:
    settings.API_REQUESTS_PER_MINUTE = 3
    with time_machine.travel(NOON, tick=False):
        yield


def _statuses(party: RelyingParty, times: int) -> list[int]:
    return [party.get(CASES).status_code for _ in range(times)]


def test_a_key_that_asks_too_often_is_told_when_to_come_back(party: RelyingParty) -> None:
    assert _statuses(party, 3) == [200, 200, 200]
    response = party.get(CASES)
    assert_problem(response, 429, "too_many_requests")
    assert response.headers["Retry-After"] == "30"


def test_the_next_minute_is_a_new_one(party: RelyingParty) -> None:
    assert _statuses(party, 4)[-1] == 429
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        assert _statuses(party, 1) == [200]


def test_one_key_does_not_use_up_anothers_requests(party: RelyingParty) -> None:
    other = a_relying_party(party.programme)
    assert _statuses(party, 4)[-1] == 429
    assert _statuses(other, 1) == [200]


def test_what_is_not_found_or_not_allowed_counts_too(party: RelyingParty) -> None:
    for method, path in (("GET", f"{CASES}/x"), ("PUT", CASES), ("GET", "/api/v1/elsewhere")):
        party.send(method, path)
    assert _statuses(party, 1) == [429]


def test_the_log_hears_of_it_a_few_times_a_minute(party: RelyingParty) -> None:
    _statuses(party, 3 + 4 * attempts.SINGLY)
    denied = Entry.objects.filter(event="access:denied", actor_id=str(party.api_key.pk))
    assert len(denied) == attempts.SINGLY
    assert all("too_many_requests" in entry.body for entry in denied)


def test_wrong_keys_are_not_counted_in_the_database(party: RelyingParty) -> None:
    party.key = "fvk_" + "A" * 43
    _statuses(party, 5)
    assert not RequestWindow.objects.exists()


def test_a_key_shows_when_it_was_last_used(party: RelyingParty) -> None:
    _statuses(party, 2)
    party.api_key.refresh_from_db()
    assert party.api_key.last_used_at == NOON.replace(second=0)


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_all_counted() -> None:
    key = a_relying_party().api_key

    def count(_: int) -> int:
        try:
            return count_request(key.pk).requests
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(count, range(20))) == list(range(1, 21))
