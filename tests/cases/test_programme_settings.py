"""A programme's settings are changed whole or not at all, and every change is on the record by the fields' names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.factories import a_programme
from verification.audit.events import Actor
from verification.audit.models import Entry
from verification.cases.models import Programme
from verification.cases.programme_settings import CaptureSettings, change_settings, ready_for_captures
from verification.cases.programmes import InvalidProgramme

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor.person("0b8c7a52-4f5e-4f0e-9d43-6f2f3a1f7c10")


def change(programme: Programme, **wanted: Any) -> tuple[str, ...]:
    return change_settings(ADMINISTRATOR, programme, replace(CaptureSettings.of(programme), **wanted))


def test_trust_is_given_by_name_on_the_record() -> None:
    programme = a_programme()
    assert not programme.trusts_own_capture
    assert change(programme, trusts_own_capture=True) == ("trusts_own_capture",)
    entry = Entry.objects.get(event="programme:changed")
    assert entry.actor_id == ADMINISTRATOR.id
    facts = json.loads(entry.body)["facts"]
    assert facts == {"programme": str(programme.pk), "fields": ["trusts_own_capture"]}
    assert Programme.objects.get(pk=programme.pk).trusts_own_capture


def test_what_is_the_same_is_no_change_and_leaves_no_line() -> None:
    programme = a_programme()
    assert change(programme) == ()
    assert not Entry.objects.exists()


def test_the_log_holds_the_fields_and_not_what_was_written_in_them() -> None:
    programme = a_programme()
    change(programme, other_way="Ask for Mr Wang", return_urls=("https://bank.example/back",))
    assert not Entry.objects.filter(body__regex="Wang|bank.example").exists()


def test_a_notice_that_reads_otherwise_has_another_number() -> None:
    programme = a_programme()
    change(programme, other_way="Come to a branch.")
    change(programme, asks_voice=True)
    assert programme.notice_number == 3
    change(programme, return_urls=("https://bank.example/",), trusts_own_capture=True)
    assert programme.notice_number == 3


def test_nobody_is_asked_for_a_face_without_another_way_and_a_contact() -> None:
    programme = a_programme()
    assert not ready_for_captures(programme)
    change(programme, other_way="Come to a branch.")
    assert not ready_for_captures(programme)
    change(programme, contact="Trained staff.")
    assert ready_for_captures(programme)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("capture_region", "body"),
        ("challenge_seconds", 5),
        ("challenge_seconds", 13),
        ("other_way", "x" * 2001),
        ("contact", "x" * 501),
        ("contact", "turned \u202e round"),
        ("return_urls", ("http://bank.example/",)),
        ("return_urls", ("javascript:alert(1)",)),
        ("return_urls", ("https://user:password@bank.example/",)),
        ("return_urls", ("https://bank.example/#part",)),
        ("return_urls", ("//bank.example/",)),
        ("return_urls", ("https://bank.example:port/",)),
        ("return_urls", ("https:///nowhere",)),
        ("return_urls", ("https://bank.example/", "https://bank.example/")),
        ("return_urls", tuple(f"https://bank.example/{number}" for number in range(21))),
        ("return_urls", ("https://bank.example/" + "x" * 500,)),
        ("embed_origins", ("https://bank.example/path",)),
        ("embed_origins", ("https://bank.example; script-src *",)),
        ("embed_origins", ("https://*.bank.example",)),
        ("embed_origins", ("*",)),
        ("embed_origins", ("https://bank.example 'self'",)),
        ("embed_origins", ("https://Bank.example",)),
        ("embed_origins", ("'self'",)),
    ],
)
def test_a_wrong_setting_is_refused_with_everything_beside_it(field: str, value: Any) -> None:
    programme = a_programme()
    with pytest.raises(InvalidProgramme) as refused:
        change(programme, **{"trusts_own_capture": True, field: value})
    assert refused.value.errors.keys() == {field}
    assert CaptureSettings.of(Programme.objects.get(pk=programme.pk)) == CaptureSettings()
    assert not Entry.objects.exists()


def test_addresses_of_this_machine_need_no_https() -> None:
    programme = a_programme()
    change(programme, return_urls=("http://127.0.0.1:8000/back",), embed_origins=("http://localhost:9000",))
    assert programme.embed_origins == ["http://localhost:9000"]
