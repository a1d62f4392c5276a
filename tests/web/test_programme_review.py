"""The administrator's screen of how a programme's cases are reviewed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_person, a_programme
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.cases.models import Programme
from verification.cases.review_settings import ReviewSettings

pytestmark = pytest.mark.django_db
FORM = {"reviewers": "2", "due_minutes": "60", "wider_neck": "on"}


@pytest.fixture
def programme() -> Programme:
    return a_programme()


def send(client: Client, programme: Programme, **changes: str) -> Any:
    client.force_login(a_person(Role.ADMINISTRATOR))
    return client.post(reverse("programme-review", args=[programme.pk]), FORM | changes)


def test_what_is_sent_is_what_holds_and_is_on_the_record(client: Client, programme: Programme) -> None:
    number = programme.notice_number
    assert send(client, programme).status_code == 302
    programme.refresh_from_db()
    assert ReviewSettings.of(programme) == ReviewSettings(2, 60, wider_neck=True, wider_frame=False)
    assert programme.notice_number == number + 1
    assert Entry.objects.filter(event="programme:changed").count() == 1
    send(client, programme)
    assert "Nothing was different" in client.get("/programmes").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reviewers": "3"}, "Choose one reviewer, or two."),
        ({"reviewers": ""}, "Choose one reviewer, or two."),
        ({"due_minutes": "4"}, "Give 5 to 4320 minutes."),
        ({"due_minutes": "soon"}, "Give 5 to 4320 minutes."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(
    client: Client, programme: Programme, change: dict[str, str], sentence: str
) -> None:
    response = send(client, programme, **change)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    programme.refresh_from_db()
    assert ReviewSettings.of(programme) == ReviewSettings()


def test_the_whole_frame_needs_face_and_neck(client: Client, programme: Programme) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR))
    sent = {"reviewers": "1", "due_minutes": "60", "wider_frame": "on"}
    response = client.post(reverse("programme-review", args=[programme.pk]), sent)
    assert response.status_code == 422
    assert "only be allowed where face and neck are" in response.content.decode()


def test_the_list_of_programmes_leads_there(client: Client, programme: Programme) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR))
    address = reverse("programme-review", args=[programme.pk])
    assert address in client.get("/programmes").content.decode()
    assert 'value="240"' in client.get(address).content.decode()
