"""Who may open the person's pages, and what the pages may do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from tests.capture.answers import later
from tests.factories import a_capture_programme, a_person, a_session
from verification.access.roles import Role
from verification.capture import doors
from verification.capture.models import CaptureSession

from .browser import SAME_ORIGIN, Browser, ready

pytestmark = pytest.mark.django_db
PAGES = ["consent", "camera", "other-way", "status", "status.json", "mine"]
POSTS = ["consent", "challenge", "upload", "choose-other-way", "withdraw", "erase"]


@pytest.mark.parametrize("cookie", [None, "", "A" * 43, "é", "A" * 10_000])
def test_without_the_cookie_nothing_opens(cookie: str | None) -> None:
    a_session()
    browser = Browser()
    if cookie is not None:
        browser.client.cookies["capture"] = cookie
    assert {browser.get(f"/capture/{name}").status_code for name in PAGES} == {403}
    assert {browser.post(f"/capture/{name}").status_code for name in POSTS} == {403}


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..%2f..%2fetc"])
def test_a_guessed_address_is_a_dead_end(token: str) -> None:
    browser = Browser()
    assert browser.get(f"/c/{token}").status_code == 404
    assert browser.post(f"/c/{token}/choose", {"choice": "camera"}).status_code == 404


def test_a_second_browser_is_told_and_gets_no_cookie() -> None:
    first = Browser()
    first.choose()
    second = Browser(first.invited)
    assert second.get(second.address).status_code == 409
    answer = second.choose()
    assert answer.status_code == 409
    assert "another browser" in answer.content.decode()
    assert not second.client.cookies
    assert first.get("/capture/consent").status_code == 200


def test_an_address_that_was_not_opened_in_time_says_so() -> None:
    browser = Browser()
    with time_machine.travel(later(minutes=15, seconds=1)):
        assert browser.get(browser.address).status_code == 410
        assert browser.choose().status_code == 410


def test_a_wrong_clock_on_the_device_changes_nothing() -> None:
    browser = Browser()
    for date in ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2999 00:00:00 GMT"):
        assert browser.get(browser.address, headers={"Date": date}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://elsewhere.example"},
    ],
)
@pytest.mark.parametrize("path", ["/capture/erase", "/capture/challenge", "choose"])
def test_a_request_that_another_site_forged_does_nothing(headers: dict[str, str], path: str) -> None:
    browser = Browser() if path == "choose" else ready()
    answer = browser.choose("other_way", headers=headers) if path == "choose" else browser.post(path, headers=headers)
    assert answer.status_code == 403
    session = CaptureSession.objects.get()
    assert (session.ended_at, session.attempts) == (None, 0)


@pytest.mark.parametrize("headers", [SAME_ORIGIN, {"Origin": "null"}, {"Origin": "http://testserver"}, {}])
def test_a_browsers_own_request_is_let_in(headers: dict[str, str]) -> None:
    assert Browser().choose(headers=headers).status_code == 302


def test_the_only_cookie_is_hidden_from_scripts_and_other_sites(settings: Settings) -> None:
    settings.HTTPS = True
    browser = ready()
    for name in ("consent", "camera", "status", "mine"):
        browser.get(f"/capture/{name}")
    assert list(browser.client.cookies) == ["capture"]
    cookie = browser.client.cookies["capture"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Strict", True)


def test_a_member_of_staff_sees_the_same_page_as_anybody() -> None:
    invited = a_session()
    staff, anybody = Client(), Client()
    staff.force_login(a_person(Role.ADMINISTRATOR))
    pages = [client.get(f"/c/{invited.token}").content for client in (staff, anybody)]
    assert pages[0] == pages[1]
    assert staff.get("/capture/mine").status_code == 403


def every_page(browser: Browser) -> dict[str, Any]:
    found = {name: browser.get(f"/capture/{name}") for name in ("consent", "camera", "status", "status.json", "mine")}
    return found | {"notice": browser.get(browser.address), "lost": Browser().get("/capture/mine")}


def test_no_page_passes_its_address_on_or_is_kept() -> None:
    for response in every_page(ready()).values():
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store"


def test_only_the_camera_page_may_film_and_run_webassembly() -> None:
    pages = every_page(ready()) | {"login": Client().get("/login"), "api": Client().get("/api/v1/cases")}
    for name, response in pages.items():
        policy = response["Content-Security-Policy"]
        films = name == "camera"
        assert ("'wasm-unsafe-eval'" in policy) is films
        assert ("media-src 'self' blob:" in policy) is films
        wanted = "camera=(self), microphone=(self)" if films else "camera=(), microphone=()"
        assert response["Permissions-Policy"] == wanted
        assert not re.search(r"'unsafe-(inline|eval)'|data:|\*|https?:", policy)
        assert "frame-ancestors 'none'" in policy
        assert response["X-Frame-Options"] == "DENY"


def embedding(response: Any) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", response["Content-Security-Policy"])
    return f"{found.group(1) if found else ''} {response.get('X-Frame-Options', '')}".strip()


def test_only_listed_sites_may_embed_and_only_on_request() -> None:
    programme = a_capture_programme(embed_origins=("https://bank.example", "https://app.bank.example"))
    browser = Browser(a_session(programme))
    assert embedding(browser.get(browser.address)) == "'none' DENY"
    assert embedding(browser.get(browser.address + "?embed=1")) == "https://bank.example https://app.bank.example"
    browser.choose(headers=SAME_ORIGIN | {"Sec-Fetch-Dest": "iframe"})
    assert embedding(browser.get("/capture/consent")) == "https://bank.example https://app.bank.example"
    browser.consent()
    camera = browser.get("/capture/camera")
    assert embedding(camera) == "https://bank.example https://app.bank.example"
    assert "'wasm-unsafe-eval'" in camera["Content-Security-Policy"]


def test_a_programme_without_a_list_is_embedded_nowhere() -> None:
    browser = Browser()
    assert embedding(browser.get(browser.address + "?embed=1")) == "'none' DENY"
    browser.choose(headers=SAME_ORIGIN | {"Sec-Fetch-Dest": "iframe"})
    assert embedding(browser.get("/capture/consent")) == "'none' DENY"


def test_a_session_that_was_opened_as_a_page_stays_a_page() -> None:
    browser = Browser(a_session(a_capture_programme(embed_origins=("https://bank.example",))))
    browser.choose()
    assert embedding(browser.get("/capture/consent")) == "'none' DENY"


@pytest.mark.parametrize("path", ["/capture/status", "/capture/mine"])
def test_a_page_of_facts_opens_for_a_week(path: str) -> None:
    browser = ready()
    with time_machine.travel(later(days=6)):
        assert browser.get(path).status_code == 200
    with time_machine.travel(later(seconds=(doors.COME_BACK_FOR + timedelta(seconds=2)).total_seconds())):
        assert browser.get(path).status_code == 403
