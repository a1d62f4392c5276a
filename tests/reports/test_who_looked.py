"""*Who looked* says when, why and by whom, names both sides of a wider view, and asks about unusual days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from pytest_django import Settings

from tests import factories
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.reports import look_patterns, unusual, who_looked
from verification.reports.document import Content, Table, tables
from verification.reports.window import Span, Window
from verification.reports.words import Words
from verification.review import grants
from verification.wider import looks as wider_looks
from verification.wider.models import Tier

from .days import a_window, count_everything

pytestmark = pytest.mark.django_db
# A Monday.
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def looks_at(at: datetime, person: str = "somebody", times: int = 1) -> None:
    with time_machine.travel(at, tick=False), transaction.atomic():
        for number in range(times):
            log.record(
                Event.CROP_VIEWED, actor=Actor.person(person), media="crop-live", claim=f"{person}-{at}-{number}",
                reason="review",
            )  # fmt: skip


def the_week() -> Window:
    count_everything()
    return Window(Span.CUSTOM, MONDAY, MONDAY + timedelta(days=7))


def table(content: Content, key: str, number: int = 0) -> Table:
    return [part for section, part in tables(content.sections) if section.key == key][number]


def test_looks_are_counted_by_hour_day_and_reason() -> None:
    looks_at(MONDAY + timedelta(hours=9), times=3)
    looks_at(MONDAY + timedelta(days=2, hours=9, minutes=59))
    window = the_week()
    assert look_patterns.by_hour(window)[9] == 4
    assert sum(look_patterns.by_hour(window)) == 4
    assert [one.looks for one in look_patterns.by_day(window)] == [3, 0, 1, 0, 0, 0, 0]
    assert look_patterns.by_reason(window) == [look_patterns.Why("crop:viewed", "review", 4, 1, 0)]


@pytest.mark.parametrize(
    ("when", "out"),
    [
        (timedelta(hours=6, minutes=59), True),
        (timedelta(hours=7), False),
        (timedelta(hours=19, minutes=59), False),
        (timedelta(hours=20), True),
        (timedelta(days=4, hours=12), False),
        (timedelta(days=5, hours=12), True),
    ],
)
def test_what_lies_outside_the_stated_hours_is_out_of_hours(settings: Settings, when: timedelta, out: bool) -> None:
    settings.OFFICE_OPENS, settings.OFFICE_CLOSES, settings.OFFICE_DAYS = 7, 20, 5
    looks_at(MONDAY + when)
    assert look_patterns.out_of_hours(the_week()) == ({"somebody": 1} if out else {})


def test_an_hour_in_which_a_budget_was_spent_stands_beside_its_person() -> None:
    person = factories.a_person(Role.REVIEWER)
    looks_at(MONDAY + timedelta(hours=9), str(person.pk))
    with time_machine.travel(MONDAY + timedelta(hours=9)), transaction.atomic():
        log.record(Event.BUDGET_SPENT, actor=Actor.person(person.pk), looks=300)
    (line,) = table(who_looked.build(the_week(), Words()), "by-person").rows
    assert [cell.value for cell in line.cells][:2] == [str(person), 1]
    assert line.cells[6].value == 1


def test_a_wider_view_names_who_looked_and_all_who_agreed() -> None:
    view = factories.make_ready(factories.an_asked_view(Tier.FACE_AND_NECK))
    token = wider_looks.mint_ticket(view.pk, view.claim.reviewer, "session")
    wider_looks.redeem(token, session_key="session", asker=view.claim.reviewer)
    content = who_looked.build(a_window(), Words())
    (line,) = table(content, "wider", 1).rows
    agreed = view.answers.get().approver
    assert [cell.value for cell in line.cells][::2] == [str(view.claim.reviewer), "Face and neck", str(agreed)]
    assert line.tone == "plain"
    assert "by the leave of others" in content.lead[1].text


def test_a_wider_view_without_leave_is_said_first_and_marked() -> None:
    case = factories.a_received_case()
    with transaction.atomic():
        log.record(
            Event.WIDER_VIEWED, actor=Actor.person("x"), case_id=case.pk, view="v", claim="c", tier=1,
            reason="welfare", approvers=["x"],
        )  # fmt: skip
    content = who_looked.build(a_window(), Words())
    assert ("One wider view was seen without the leave of others.", "stop") in [
        (one.text, one.tone) for one in content.lead
    ]
    (line,) = table(content, "wider", 1).rows
    assert (line.cells[4].value, line.tone) == ("nobody", "stop")


def test_a_refused_attempt_is_counted_by_reason_and_by_person() -> None:
    person = factories.a_person(Role.REVIEWER)
    for _ in range(2):
        with pytest.raises(grants.LookRefused):
            grants.redeem("no such ticket", session_key="session", reviewer=person)
    content = who_looked.build(a_window(), Words())
    (by_reason,), (by_person,) = table(content, "refused").rows, table(content, "refused", 1).rows
    assert [cell.value for cell in by_reason.cells] == ["A look at a face", "Ticket not known", 2, 1]
    assert [cell.value for cell in by_person.cells] == [str(person), 2]


def a_past(person: str, days: int, looks: int) -> None:
    for day in range(1, days + 1):
        looks_at(MONDAY - timedelta(days=day) + timedelta(hours=10), person, looks + day % 2)


def test_a_day_far_above_somebodys_own_past_is_named() -> None:
    a_past("busy", 12, 20)
    looks_at(MONDAY + timedelta(hours=10), "busy", 60)
    (found,) = unusual.unusual(the_week()).unusual
    assert (found.person, found.day, found.measure, found.value) == ("busy", date(2026, 3, 2), "looks", 60)
    assert (found.usual, found.days) == (20.5, 12)
    assert found.score == pytest.approx(0.6745 * 39.5 / 2.05)


def test_the_same_day_is_ordinary_for_somebody_who_always_does_so() -> None:
    a_past("busy", 12, 59)
    looks_at(MONDAY + timedelta(hours=10), "busy", 60)
    assert unusual.unusual(the_week()).unusual == []


def test_a_night_of_somebody_who_never_worked_at_night_is_named() -> None:
    a_past("regular", 12, 20)
    looks_at(MONDAY + timedelta(hours=10), "regular", 15)
    looks_at(MONDAY + timedelta(hours=2), "regular", 6)
    (found,) = unusual.unusual(the_week()).unusual
    assert (found.measure, found.value, found.usual) == ("out_of_hours", 6, 0)


def test_a_short_past_says_nothing_and_is_said_to() -> None:
    a_past("new", unusual.ENOUGH_DAYS - 1, 2)
    looks_at(MONDAY + timedelta(hours=10), "new", 90)
    found = unusual.unusual(the_week())
    assert (found.unusual, found.too_new, found.judged) == ([], 1, 1)


def test_a_past_beyond_sixty_days_is_forgotten() -> None:
    for day in range(70, 90):
        looks_at(MONDAY - timedelta(days=day), "back", 2)
    looks_at(MONDAY + timedelta(hours=10), "back", 90)
    assert unusual.unusual(the_week()).unusual == []


def test_one_look_more_than_always_is_not_unusual() -> None:
    assert unusual.deviation(3, [2] * 30)[1] < unusual.THRESHOLD
    assert unusual.deviation(8, [2] * 30)[1] > unusual.THRESHOLD


def test_the_same_content_is_said_in_chinese() -> None:
    looks_at(MONDAY + timedelta(hours=9))
    window = the_week()
    english, chinese = (who_looked.build(window, Words(language)) for language in ("en", "zh-hans"))
    assert [one.key for one in chinese.sections] == [one.key for one in english.sections]
    assert chinese.lead[0] == replace(english.lead[0], text="有 1 次查看在日志中没有依据。")
