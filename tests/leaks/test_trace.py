"""A leaked picture names its look, if the log still says what it said then; and whatever came of it is in the log."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connection

from tests.intake import pictures
from tests.review.tracing.distortions import CUT_SIDE, jpeg, scaled, then, untouched
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.intake import images
from verification.leaks import trace as leaks
from verification.leaks.trace import CannotTrace, Result, Traced, trace
from verification.review.tracing.look import NoTraceKey

from .looked import a_look, a_wider_look, leaked, rewritten, unmarked

pytestmark = pytest.mark.django_db


def traced(file: bytes) -> Traced:
    return trace(file, actor=OPERATOR)


def said() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(Entry.objects.filter(event=Event.LEAK_TRACED).latest("id").body)["facts"]
    return facts


def test_the_picture_names_who_looked_when_and_at_which_case() -> None:
    look = a_look()
    found = traced(leaked(look, then(CUT_SIDE, jpeg(70))))
    (one,) = found.looks
    assert (found.result, found.unknown) == (Result.FOUND, 0)
    assert one.line.id == look.entry.pk
    assert one.line.actor_id == look.entry.actor_id
    assert one.line.at == look.entry.at
    assert one.line.case_id == look.entry.case_id
    assert ("reason", "review") in one.line.facts
    assert 60 <= one.clear_percent <= 100


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_every_accepted_format_is_read(form: str) -> None:
    look = a_look()
    assert [one.line.id for one in traced(leaked(look, scaled(0.75), form)).looks] == [look.entry.pk]


def test_a_wider_view_is_traced_as_well() -> None:
    look = a_wider_look()
    (one,) = traced(leaked(look, jpeg(70))).looks
    assert one.line.id == look.entry.pk


def test_of_many_looks_it_names_the_right_one() -> None:
    looks = [a_look() for _ in range(4)]
    for look in reversed(looks):
        assert [one.line.id for one in traced(leaked(look, jpeg(70))).looks] == [look.entry.pk]


def test_the_attempt_and_what_came_of_it_are_in_the_log() -> None:
    look = a_look()
    traced(leaked(look, untouched, "PNG"))
    assert said() == {"result": "found", "looks": [str(look.entry.pk)], "unknown": 0, "reason": None}
    traced(unmarked())
    assert said() == {"result": "no_mark", "looks": [], "unknown": 0, "reason": None}


def test_an_unmarked_picture_names_nobody() -> None:
    a_look()
    found = traced(unmarked())
    assert (found.result, found.looks, found.unknown) == (Result.NO_MARK, [], 0)


def test_a_rewritten_entry_accuses_nobody_and_is_noticed() -> None:
    look = a_look()
    rewritten(look, look.entry.actor_id, "00000000-0000-0000-0000-000000000000")
    found = traced(leaked(look, jpeg(70)))
    assert (found.result, found.looks, found.unknown) == (Result.NOT_IN_THE_LOG, [], 1)
    assert said() == {"result": "not_in_the_log", "looks": [], "unknown": 1, "reason": None}


def test_an_entry_that_is_gone_accuses_nobody() -> None:
    look = a_look()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [look.entry.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert traced(leaked(look, jpeg(70))).result == Result.NOT_IN_THE_LOG


def test_another_key_s_mark_is_no_mark_here(settings: Any) -> None:
    look = a_look()
    settings.TRACE_KEY = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="
    assert traced(leaked(look, jpeg(70))).result == Result.NO_MARK


def test_without_a_key_nothing_is_traced(settings: Any) -> None:
    settings.TRACE_KEY = ""
    with pytest.raises(NoTraceKey, match="TRACE_KEY is not configured"):
        traced(unmarked())


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "image_empty"),
        (b"not a picture at all", "image_type_not_accepted"),
        (b"GIF89a" + bytes(200), "image_type_not_accepted"),
        (pictures.png()[:-30], "image_truncated"),
        (pictures.png() + b"more", "image_has_trailing_data"),
        (bytes(10 * 1024 * 1024 + 1), "image_too_large"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_sentence_and_a_line(file: bytes, reason: str) -> None:
    with pytest.raises(CannotTrace) as refused:
        traced(file)
    assert refused.value.reason == reason
    assert refused.value.sentence.endswith(".")
    assert said() == {"result": "refused", "looks": [], "unknown": 0, "reason": reason}


def test_when_every_decoder_is_busy_nothing_is_said_of_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(images, "WAIT_SECONDS", 0.01)
    with images.place_for_a_child(), pytest.raises(CannotTrace, match="busy") as busy:
        traced(unmarked())
    assert busy.value.sentence.endswith("Try again in a moment.")
    assert not Entry.objects.filter(event=Event.LEAK_TRACED).exists()
    assert traced(unmarked()).result == Result.NO_MARK


def test_two_at_once_wait_for_each_other_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "WAIT_SECONDS", 0.01)
    with leaks._one_at_a_time, pytest.raises(CannotTrace, match="busy"):
        traced(unmarked())
    assert traced(unmarked()).result == Result.NO_MARK
