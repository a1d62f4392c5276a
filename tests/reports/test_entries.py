"""The log is searched, read a page at a time without gaps or repeats, and said in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests import factories
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import SWEEPER, WORKER, Actor, Event
from verification.audit.models import Entry
from verification.reports import entries
from verification.reports.entries import BadSearch, Sought, page, sought
from verification.reports.wording import EVENTS

pytestmark = pytest.mark.django_db


def some_entries(count: int) -> None:
    with transaction.atomic():
        for attempt in range(count):
            log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=attempt)


def test_pages_go_down_to_the_oldest_and_back_up_without_gap_or_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PAGE", 3)
    some_entries(8)
    newest = list(Entry.objects.order_by("-id").values_list("id", flat=True))
    seen, at = [page(Sought())], page(Sought()).older
    while at is not None:
        seen.append(page(Sought(), before=at))
        at = seen[-1].older
    assert [line.id for found in seen for line in found.lines] == newest
    assert seen[-1].newer is not None
    up = page(Sought(), after=seen[-1].newer)
    assert [line.id for line in up.lines] == newest[3:6]
    assert up.newer is not None
    top = page(Sought(), after=up.newer)
    assert ([line.id for line in top.lines], top.newer) == (newest[:3], None)


def test_a_search_keeps_only_what_fits_all_of_it() -> None:
    case = factories.a_passed_case()
    factories.a_passed_case()
    found = page(Sought(event=Event.CASE_ADVANCED, case_id=case.pk, actor="worker"))
    assert [line.headline for line in found.lines] == ["Case moved on"]
    assert page(Sought(event=Event.CASE_ADVANCED, case_id=case.pk, actor="sweeper")).lines == []


def test_days_bound_a_search() -> None:
    some_entries(1)
    today = timezone.localdate()
    yesterday = str(today - timedelta(days=1))
    assert len(page(sought(first=str(today), last=str(today))).lines) == 1
    assert page(sought(first=yesterday, last=yesterday)).lines == []


@pytest.mark.parametrize(
    "search",
    [
        {"event": "case:eaten"},
        {"actor": "x" * 65},
        {"actor": "\x00"},
        {"case": "7F3K"},
        {"first": "yesterday"},
        {"first": "2026-03-02", "last": "2026-03-01"},
        {"last": "9999-12-31"},
    ],
)
def test_what_cannot_be_searched_for_is_refused(search: dict[str, str]) -> None:
    with pytest.raises(BadSearch):
        sought(**search)


def test_a_member_of_staff_is_named_with_the_role_held_at_the_time() -> None:
    person = factories.a_person(Role.REVIEWER)
    with transaction.atomic():
        log.record(Event.SESSION_STARTED, actor=Actor.person(person.pk))
    person.grants.update(taken_at=timezone.now())
    with transaction.atomic():
        log.record(Event.SESSION_STARTED, actor=Actor.person(person.pk))
    after, before = page(Sought(event=Event.SESSION_STARTED)).lines
    assert (before.actor.name, before.actor.what) == (str(person), "Reviewer")
    assert before.actor.short_id == str(person.pk)[:8]
    assert after.actor.what == "no role"


def test_machines_and_unknown_actors_have_names_too() -> None:
    with transaction.atomic():
        log.record(Event.SESSION_STARTED, actor=SWEEPER)
        log.record(Event.SESSION_STARTED, actor=Actor.relying_party("0" * 8))
        log.record(Event.SESSION_STARTED, actor=Actor.person("nobody"))
    names = [line.actor.name for line in page(Sought()).lines]
    assert names == ["Unknown person", "Unknown key", "Sweeper"]


def test_facts_are_said_in_words_and_people_in_them_by_name() -> None:
    person = factories.a_person(Role.SENIOR_REVIEWER)
    (line,) = page(Sought(event=Event.ROLE_GIVEN)).lines
    assert line.facts == (("person", str(person)), ("role", "senior reviewer"))


def test_every_event_has_words() -> None:
    assert EVENTS.keys() == set(Event)
