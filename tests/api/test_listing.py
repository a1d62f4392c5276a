"""Listing a programme's cases."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import a_passed_case, a_received_case
from verification.api import paging
from verification.cases.models import Case

from .relying_party import CASES, RelyingParty, a_relying_party, assert_problem


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)


def test_shows_the_newest_first_and_only_the_programmes_own(party: RelyingParty) -> None:
    older, newer = a_received_case(party.programme), a_received_case(party.programme)
    a_received_case(a_relying_party().programme)
    answer = party.get(CASES).json()
    assert [case["id"] for case in answer["cases"]] == [str(newer.pk), str(older.pk)]
    assert answer["next_cursor"] is None
    assert answer["links"] == {"next": None}


def test_goes_through_all_pages_without_a_gap_or_a_repeat(party: RelyingParty) -> None:
    cases = [a_received_case(party.programme) for _ in range(5)]
    # Three at the same microsecond, so that only the id tells them apart.
    Case.objects.filter(pk__in=[case.pk for case in cases[1:4]]).update(received_at=cases[2].received_at)
    seen, path = [], CASES
    while path:
        answer = party.get(path).json()
        seen += [case["id"] for case in answer["cases"]]
        path = answer["links"]["next"]
    assert len(seen) == 5
    assert set(seen) == {str(case.pk) for case in cases}


def test_a_new_case_does_not_shift_the_next_page(party: RelyingParty) -> None:
    cases = [a_received_case(party.programme) for _ in range(3)]
    following = party.get(CASES).json()["links"]["next"]
    a_received_case(party.programme)
    assert [case["id"] for case in party.get(following).json()["cases"]] == [str(cases[0].pk)]


def test_may_be_narrowed_to_one_status_on_every_page(party: RelyingParty) -> None:
    passed = [a_passed_case(party.programme) for _ in range(3)]
    a_received_case(party.programme)
    first = party.get(f"{CASES}?status=passed").json()
    second = party.get(first["links"]["next"]).json()
    assert {case["id"] for case in first["cases"] + second["cases"]} == {str(case.pk) for case in passed}
    assert party.get(f"{CASES}?status=decided").json()["cases"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("status=", "unknown_status"),
        ("status=open", "unknown_status"),
        ("status=passed%00", "unknown_status"),
        ("status=passed&status=erased", "repeated_parameter"),
        ("stauts=passed", "unknown_parameter"),
        ("format=json", "unknown_parameter"),
        ("cursor=", "invalid_cursor"),
        ("cursor=abc", "invalid_cursor"),
        ("cursor=%F0%9F%98%80", "invalid_cursor"),
        ("cursor=f" + "_" * 31, "invalid_cursor"),
        ("cursor=" + "A" * 32 + "!", "invalid_cursor"),
        ("cursor=" + "A" * 40, "invalid_cursor"),
    ],
)
def test_a_wrong_parameter_is_refused_rather_than_ignored(party: RelyingParty, query: str, code: str) -> None:
    assert_problem(party.get(f"{CASES}?{query}"), 400, code)


def test_a_cursor_of_another_programme_opens_nothing_of_it(party: RelyingParty) -> None:
    other = a_relying_party()
    for _ in range(3):
        a_received_case(other.programme)
    cursor = other.get(CASES).json()["next_cursor"]
    assert party.get(f"{CASES}?cursor={cursor}").json()["cases"] == []


def test_asks_the_database_as_often_for_many_cases_as_for_one(
    party: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 10)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            a_received_case(party.programme)
        party.get(CASES)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            party.get(CASES)
        counts.append(len(queries))
    assert counts[0] == counts[1]
