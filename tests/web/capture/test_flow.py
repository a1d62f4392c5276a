"""From the notice to the status page, and the ways that end earlier."""

from __future__ import annotations

import pytest
import time_machine

from tests.capture.answers import later, suspicions
from tests.factories import a_capture_programme, a_session
from verification.capture.models import CaptureSession
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.vault.models import SealedMedia

from .browser import Browser, ready

pytestmark = pytest.mark.django_db


def test_from_the_notice_to_the_status_page() -> None:
    browser = Browser()
    assert browser.get(browser.address).status_code == 200
    assert browser.choose()["Location"] == "/capture/consent"
    assert browser.get("/capture/consent").status_code == 200
    assert browser.consent()["Location"] == "/capture/camera"
    assert browser.get("/capture/camera").status_code == 200
    challenge = browser.draw().json()
    assert challenge.keys() == {"nonce", "steps", "total_ms", "region", "deadline_ms"}
    with time_machine.travel(later(seconds=8), tick=True):
        answer = browser.upload(challenge)
    assert (answer.status_code, answer.json()) == (202, {"status_url": "/capture/status"})
    assert browser.get("/capture/status").status_code == 200
    assert browser.get("/capture/status.json").json() == {"status": "received", "state": "received", "outcome": ""}
    assert browser.get("/capture/mine").status_code == 200
    assert browser.get(browser.address)["Location"] == "/capture/status"
    assert browser.get("/capture/camera")["Location"] == "/capture/status"


@pytest.mark.parametrize("locale", ["en", "zh-hans", "zh-hant"])
def test_every_page_is_in_the_sessions_language(locale: str) -> None:
    browser = ready(a_session(locale=locale))
    pages = [browser.address, "/capture/consent", "/capture/camera", "/capture/status", "/capture/mine"]
    for address in pages:
        response = browser.get(address)
        assert response.status_code == 200
        assert response["Content-Language"] == locale
    lang = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}[locale]
    assert f'lang="{lang}"' in browser.get(browser.address).content.decode()


def test_opening_the_address_changes_nothing() -> None:
    browser = Browser()
    for _ in range(3):
        assert browser.get(browser.address).status_code == 200
    assert CaptureSession.objects.get().browser_digest is None
    assert not browser.client.cookies


def test_nothing_is_ticked_beforehand_and_what_is_needed_is_insisted_on() -> None:
    browser = Browser()
    browser.choose()
    assert "checked" not in browser.get("/capture/consent").content.decode()
    answer = browser.post("/capture/consent", {"choice": "camera", "scope": ["compare", "human_view"]})
    assert answer.status_code == 422
    assert answer.content.decode().count("checked") == 2
    assert browser.get("/capture/camera")["Location"] == "/capture/consent"


def test_voice_is_asked_for_only_where_the_programme_asks() -> None:
    for asks in (True, False):
        browser = Browser(a_session(a_capture_programme(asks_voice=asks)))
        browser.choose()
        assert ('value="voice"' in browser.get("/capture/consent").content.decode()) is asks


@pytest.mark.parametrize("at", ["notice", "consent", "camera"])
def test_the_other_way_is_open_at_every_step_and_closes_the_case(at: str) -> None:
    browser = ready() if at == "camera" else Browser()
    if at == "consent":
        browser.choose()
        answer = browser.post("/capture/consent", {"choice": "other_way"})
    else:
        answer = browser.choose("other_way") if at == "notice" else browser.post("/capture/choose-other-way")
    assert answer["Location"] == "/capture/other-way"
    assert "Come to any branch." in browser.get("/capture/other-way").content.decode()
    assert Case.objects.get().status == CaseStatus.OTHER_WAY
    assert browser.draw().status_code == 409
    assert not SealedMedia.objects.filter(kind="clip").exists()


def test_an_upload_after_the_other_way_is_refused() -> None:
    browser = ready()
    challenge = browser.draw().json()
    browser.post("/capture/choose-other-way")
    with time_machine.travel(later(seconds=8), tick=True):
        answer = browser.upload(challenge)
    assert (answer.status_code, answer.json()["code"]) == (409, "other_way")
    assert not SealedMedia.objects.filter(kind="clip").exists()


def test_a_fourth_attempt_is_refused() -> None:
    browser = ready()
    assert [browser.draw().status_code for _ in range(4)] == [200, 200, 200, 409]
    assert browser.draw().json()["code"] == "no_attempts_left"
    assert 'data-attempts-left="0"' in browser.get("/capture/camera").content.decode()


def test_a_replay_into_another_session_is_refused_with_a_code_and_logged() -> None:
    challenge = ready().draw().json()
    thief = ready()
    thief.draw()
    with time_machine.travel(later(seconds=8), tick=True):
        answer = thief.upload(challenge)
    assert (answer.status_code, answer.json()["code"]) == (409, "nonce_unknown")
    assert suspicions() == ["nonce_foreign"]


def test_consent_is_withdrawn_by_one_tap_and_the_case_ends_without_a_result() -> None:
    browser = ready()
    assert browser.post("/capture/withdraw")["Location"] == "/capture/mine"
    case = Case.objects.get()
    assert (case.status, case.reasons) == (CaseStatus.UNRESOLVED, ["withdrawn"])
    assert browser.draw().json()["code"] == "withdrawn"
    assert "/capture/erase" in browser.get("/capture/mine").content.decode()


def test_everything_is_erased_by_one_tap_and_the_way_back_is_gone() -> None:
    browser = ready()
    answer = browser.post("/capture/erase")
    assert answer.status_code == 200
    assert Case.objects.get().status == CaseStatus.ERASED
    assert browser.client.cookies["capture"].value == ""
    assert browser.get("/capture/mine").status_code == 403
