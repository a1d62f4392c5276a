"""The edge as a whole: error pages, the strictness of pages, and the files they are made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, override_settings

from tests.factories import a_person
from verification.access.roles import Role
from verification.api.uploads import READ_AND_DROP
from verification.review import queue

BASE = Path(settings.BASE_DIR)
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))


def test_no_template_holds_code_or_style_inline_or_an_address_of_somebody_else() -> None:
    for template in TEMPLATES:
        text = template.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", text), (
            template
        )


def test_every_static_file_that_a_page_names_exists() -> None:
    named = {name for template in TEMPLATES for name in re.findall(r"{% static '([^']+)' %}", template.read_text())}
    assert len(named) > 5
    assert not [name for name in named if finders.find(name) is None]


def test_a_releases_static_files_can_be_gathered_and_named_by_content(tmp_path: Path) -> None:
    manifest = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=str(tmp_path), STORAGES=settings.STORAGES | {"staticfiles": manifest}):
        call_command("collectstatic", "--noinput", verbosity=0)
    assert list(tmp_path.glob("css/tokens.*.css"))


@pytest.mark.django_db
def test_a_page_that_breaks_says_what_was_kept_and_shows_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any) -> None:
        raise RuntimeError("the inside of the machine")

    client = Client(raise_request_exception=False)
    client.force_login(a_person(Role.REVIEWER))
    monkeypatch.setattr(queue, "take_next", broken)
    response = client.post("/review/take")
    assert response.status_code == 500
    assert "What was kept" in response.content.decode()
    assert "the inside of the machine" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nowhere", "/review/cases/not-an-id"])
def test_an_unknown_address_explains_itself(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.django_db
def test_a_form_announced_as_far_too_large_is_refused_unread_and_is_no_fault_of_ours() -> None:
    client = Client(raise_request_exception=False)
    announced = str(READ_AND_DROP * settings.UPLOAD_TOTAL_BYTES + 1)
    response = client.generic(
        "POST", "/login", b"--b--", "multipart/form-data; boundary=b", headers={"Content-Length": announced}
    )
    assert response.status_code == 400
    assert "could not be read" in response.content.decode()


@pytest.mark.django_db
def test_an_error_under_the_api_is_a_problem_document_and_not_a_page(client: Client) -> None:
    assert client.get("/api/nowhere")["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_script_of_a_page_gets_its_refusal_as_a_sentence(client: Client) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR))
    response = client.post("/review/take", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["sentence"][:27]) == (403, "Your role does not include ")


@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(client: Client) -> None:
    policy = client.get("/login")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|data:|blob:|\*", policy)
