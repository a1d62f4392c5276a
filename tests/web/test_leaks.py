"""The page traces a picture for risk officers, keeps none of it, and says clearly what it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import a_person
from tests.leaks.looked import a_look, leaked, rewritten, unmarked
from tests.review.tracing.distortions import jpeg
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.leaks import trace as leaks
from verification.web import picture_upload

pytestmark = pytest.mark.django_db
PAGE = reverse("reports-trace")


def client_of(role: Role, *, checks: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks)
    client.force_login(a_person(role))
    return client


@pytest.fixture
def officer() -> Client:
    return client_of(Role.RISK_OFFICER)


def send(client: Client, data: bytes, field: str = "picture", **more: str) -> tuple[int, str]:
    answer = client.post(PAGE, {field: SimpleUploadedFile("leak.jpg", data, "image/jpeg"), **more})
    return answer.status_code, answer.content.decode()


def tracings() -> int:
    return Entry.objects.filter(event=Event.LEAK_TRACED).count()


def test_it_shows_who_looked_when_why_and_how_sure_it_is(officer: Client) -> None:
    look = a_look()
    status, page = send(officer, leaked(look, jpeg(70)))
    assert status == 200
    for shown in (
        "It came from one look",
        str(User.objects.get(pk=look.entry.actor_id)),
        f"?case={look.entry.case_id}",
        str(look.entry.case_id.hex[-4:]).upper() if look.entry.case_id else "",
        "review",
        "of the mark came through",
    ):
        assert shown in page
    assert tracings() == 1


def test_the_picture_is_neither_kept_nor_shown(officer: Client) -> None:
    places = [Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR)]
    look = a_look()
    before = {path for place in places for path in place.rglob("*")}
    answer = officer.post(PAGE, {"picture": SimpleUploadedFile("leak.jpg", leaked(look, jpeg(70)))})
    assert {path for place in places for path in place.rglob("*")} == before
    assert b"<img" not in answer.content
    assert b"data:image" not in answer.content
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unmarked_picture_says_no_mark_found(officer: Client) -> None:
    status, page = send(officer, unmarked())
    assert status == 200
    assert "No mark found" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The image has no bytes."),
        (b"not a picture", "not an ordinary JPEG, PNG or WebP"),
        (b"<svg onload=alert(1)>", "not an ordinary JPEG, PNG or WebP"),
        (b"\x89PNG\r\n\x1a\n", "ends too early"),
        (bytes(10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_what_cannot_be_read_is_answered_with_its_sentence(officer: Client, data: bytes, sentence: str) -> None:
    status, page = send(officer, data)
    assert status == 400
    assert sentence in page
    assert "alert(1)" not in page
    assert tracings() == 1


def test_a_file_announced_as_huge_is_not_read_at_all(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_upload.PictureUploadHandler, "most_announced", 100)
    status, page = send(officer, unmarked())
    assert status == 400
    assert "larger than 10 MB" in page
    assert tracings() == 1


def test_while_another_picture_is_traced_it_says_to_try_again(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "WAIT_SECONDS", 0.01)
    with leaks._one_at_a_time:
        status, page = send(officer, unmarked())
    assert status == 503
    assert "Try again in a moment." in page
    assert tracings() == 0


def test_a_mark_that_no_entry_fits_names_nobody_and_asks_for_the_log(officer: Client) -> None:
    look = a_look()
    rewritten(look, look.entry.actor_id, "00000000-0000-0000-0000-000000000000")
    status, page = send(officer, leaked(look, jpeg(70)))
    assert status == 200
    assert "A mark, but no entry that fits it" in page
    assert "Nobody is named." in page


@pytest.mark.parametrize("fields", [{}, {"elsewhere": "x"}])
def test_nothing_chosen_is_said(officer: Client, fields: dict[str, str]) -> None:
    answer = officer.post(PAGE, fields)
    assert answer.status_code == 400
    assert "The image has no bytes." in answer.content.decode()


def test_another_field_s_file_is_dropped_unread(officer: Client) -> None:
    status, page = send(officer, unmarked(), field="elsewhere")
    assert (status, "The image has no bytes." in page) == (400, True)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR_REVIEWER, Role.ADMINISTRATOR])
def test_nobody_else_may_trace(role: Role) -> None:
    assert send(client_of(role), unmarked())[0] == 403
    assert tracings() == 0


def test_a_form_of_another_site_traces_nothing() -> None:
    assert send(client_of(Role.RISK_OFFICER, checks=True), unmarked())[0] == 403
    assert tracings() == 0
