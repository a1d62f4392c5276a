"""The administrator's screen of a programme's captures."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_person, a_programme
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.cases.models import Programme

pytestmark = pytest.mark.django_db
FORM = {
    "capture_region": "face_and_neck",
    "challenge_seconds": "8",
    "return_urls": "https://bank.example/back\r\n\r\n  https://bank.example/other  ",
    "embed_origins": "https://bank.example",
    "other_way": "Come to a branch.\r\nBring nothing.",
    "contact": "Trained staff.",
    "trusts_own_capture": "on",
}


@pytest.fixture
def programme() -> Programme:
    return a_programme()


def sent(programme: Programme, **changes: str) -> Any:
    client = Client()
    client.force_login(a_person(Role.ADMINISTRATOR))
    address = reverse("programme-settings", args=[programme.pk])
    return client.post(address, FORM | changes)


def test_what_is_sent_is_what_holds(programme: Programme) -> None:
    assert sent(programme).status_code == 302
    programme.refresh_from_db()
    assert programme.return_urls == ["https://bank.example/back", "https://bank.example/other"]
    assert programme.other_way == "Come to a branch.\nBring nothing."
    assert (programme.capture_region, programme.challenge_seconds) == ("face_and_neck", 8)
    assert (programme.asks_voice, programme.trusts_own_capture) == (False, True)
    assert Entry.objects.filter(event="programme:changed").count() == 1


@pytest.mark.parametrize("seconds", ["", "eight", "99999999999999999999", "-7", "٧"])
def test_what_is_wrong_is_said_and_the_form_comes_back_as_it_was(programme: Programme, seconds: str) -> None:
    response = sent(programme, challenge_seconds=seconds)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Nothing was changed." in page
    assert "Come to a branch." in page
    programme.refresh_from_db()
    assert programme.other_way == ""


def test_text_cannot_break_out_of_the_page(programme: Programme) -> None:
    response = sent(programme, other_way="</textarea><script>alert(1)</script>", challenge_seconds="1")
    assert "<script>alert" not in response.content.decode()


def test_an_unknown_programme_is_not_found(programme: Programme) -> None:
    client = Client()
    client.force_login(a_person(Role.ADMINISTRATOR))
    assert client.get(reverse("programme-settings", args=[a_person().pk])).status_code == 404
