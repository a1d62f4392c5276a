"""The sentences at the head of the report say what happened and whether all is as it should be."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from tests import factories
from verification.audit import log, watches
from verification.audit.events import OPERATOR, Actor, Event
from verification.audit.models import Watch
from verification.audit.verify_log import Found
from verification.reports import log_state
from verification.reports.overview import Sentence, overview
from verification.reports.wording import duration

from .days import a_window

pytestmark = pytest.mark.django_db


def said() -> list[tuple[str, str]]:
    return [(sentence.text, sentence.tone) for sentence in overview(a_window()).sentences]


def test_a_quiet_period_is_said_to_be_one() -> None:
    days = a_window().words
    assert said() == [
        (f"{days} 0 cases were closed by machine and 0 by people.", "plain"),
        ("Nobody looked at a face.", "good"),
        ("No media is kept past its time.", "good"),
        ("The log has not been verified yet.", "doubt"),
    ]


def test_what_is_wrong_comes_with_the_place_that_says_what_to_do() -> None:
    with time_machine.travel(timezone.now() - timedelta(days=4)):
        factories.a_received_case()
    with transaction.atomic():
        log.record(Event.CROP_VIEWED, actor=Actor.person("x"), media="crop-live", claim="none", reason="review")
    wrong = [sentence for sentence in overview(a_window()).sentences if sentence.tone == "stop"]
    assert wrong == [
        Sentence("1 look has no explanation in the log.", "stop", "looks"),
        Sentence("Media of 1 case should be gone and is not.", "stop", "media"),
    ]


@pytest.mark.parametrize(
    ("found", "tone", "words"),
    [
        (Found(9, "aa"), "good", "The log was verified today at"),
        (Found(9, "aa", bad_index=9, reason="entry 9 is missing"), "stop", "The log did not hold"),
        (Found(9, "aa", complete=False), "doubt", "The first 9 entries of the log held today"),
    ],
)
def test_the_last_verification_is_said(monkeypatch: pytest.MonkeyPatch, found: Found, tone: str, words: str) -> None:
    monkeypatch.setattr(log_state, "walk", lambda *, seconds: found)
    log_state.verify(OPERATOR)
    text, shown = said()[-1]
    assert text.startswith(words)
    assert shown == tone


def test_an_earlier_day_is_named() -> None:
    with time_machine.travel("2026-03-02T03:00:00Z"):
        log_state.verify(OPERATOR)
    assert said()[-1][0] == "The log was verified on 2026-03-02 at 03:00."


def test_an_hour_without_the_witness_is_said_in_red() -> None:
    with time_machine.travel("2026-03-02T03:00:00Z"):
        watches.say(Watch.Part.WITNESS, "away")
    assert overview(a_window()).sentences[-1] == Sentence(
        "The log, on 2026-03-02 at 03:00 and since then: unwitnessed.", "stop", "log"
    )
    watches.say(Watch.Part.WITNESS)
    assert all("unwitnessed" not in sentence for sentence, _ in said())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0, "0 s"), (0.42, "0.4 s"), (59.4, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7_500, "2 h 5 min"),
     (86_400, "1 d"), (100_000, "1 d 3 h")],
)  # fmt: skip
def test_durations_are_said_in_two_units_at_most(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words
