"""What the person reads when a legal hold keeps their video: the truth, in their language, and no word of a worry."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.capture.answers import later
from tests.factories import a_person, a_session, sent_to_people, settled, vote
from verification.access.roles import Role
from verification.cases.models import Case
from verification.incidents import hold_ends, holds
from verification.incidents.models import LegalHold
from verification.incidents.raising import raise_worry
from verification.review import queue
from verification.review.models import Claim
from verification.sweeper import sweep_once

from .browser import Browser, ready

pytestmark = pytest.mark.django_db
LOCALES = ("en", "zh-hans", "zh-hant")
SEALED = {"en": "legal hold", "zh-hans": "法律保全", "zh-hant": "法律保全"}
GONE = {"en": "video is destroyed", "zh-hans": "视频已销毁", "zh-hant": "影片已銷毀"}


def worried(locale: str = "en") -> tuple[Browser, Claim]:
    """A person whose capture a reviewer is worried about, with the hold in force."""
    browser = ready(a_session(locale=locale))
    challenge = browser.draw().json()
    with time_machine.travel(later(seconds=8), tick=True):
        assert browser.upload(challenge).status_code == 202
    sent_to_people(Case.objects.get())
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    raise_worry(claim.pk, claim.reviewer, kind="coercion", sentence="A hand on the shoulder.")
    holds.answer_hold(LegalHold.objects.get().pk, a_person(Role.RISK_OFFICER), approves=True)
    return browser, claim


def close(claim: Claim) -> None:
    vote(claim)
    settled()
    sweep_once()


def shown(response: Any) -> str:
    """What can be read: no tag, and no line that is hidden."""
    visible = re.sub(r"<p[^>]* hidden>.*?</p>", "", response.content.decode())
    return re.sub(r"<[^>]+>", "", visible)


def the_day() -> str:
    return f"{timezone.localtime(LegalHold.objects.get().until):%Y-%m-%d}"


@pytest.mark.parametrize("locale", LOCALES)
def test_after_the_decision_both_pages_say_that_it_is_kept(locale: str) -> None:
    browser, claim = worried(locale)
    close(claim)
    status, mine = shown(browser.get("/capture/status")), shown(browser.get("/capture/mine"))
    assert SEALED[locale] in status
    assert SEALED[locale] in mine
    assert the_day() in mine
    assert GONE[locale] not in status + mine.replace("the check ends now and your video is destroyed, unless", "")
    assert browser.get("/capture/status.json").json()["state"] == "decided_held"


@pytest.mark.parametrize("locale", LOCALES)
def test_taking_consent_back_is_answered_with_what_stays(locale: str) -> None:
    browser, _ = worried(locale)
    browser.post("/capture/withdraw")
    mine = shown(browser.get("/capture/mine"))
    assert SEALED[locale] in mine
    assert the_day() in mine
    assert browser.get("/capture/status.json").json()["state"] == "unresolved_held"
    assert SEALED[locale] in shown(browser.get("/capture/status"))


@pytest.mark.parametrize("locale", LOCALES)
def test_erasing_is_answered_with_what_stays_and_until_when(locale: str) -> None:
    browser, _ = worried(locale)
    page = shown(browser.post("/capture/erase"))
    assert SEALED[locale] in page
    assert the_day() in page


def test_an_erasure_without_a_hold_says_that_all_is_gone() -> None:
    browser, _ = worried()
    hold = LegalHold.objects.get()
    hold_ends.release(hold.pk, a_person(Role.SENIOR_REVIEWER))
    page = shown(browser.post("/capture/erase"))
    assert "Everything about this check is erased." in page
    assert "legal hold" not in page


def test_while_the_check_is_open_no_page_tells_whoever_reads_along_of_a_worry() -> None:
    browser, _ = worried()
    assert browser.get("/capture/status.json").json() == {"status": "in_review", "state": "in_review", "outcome": ""}
    page = shown(browser.get("/capture/status")) + shown(browser.get("/capture/mine"))
    for telling in ("Kept sealed", "worr", "incident", "coercion", "danger"):
        assert telling not in page


def test_when_the_hold_ends_the_pages_say_that_all_is_destroyed() -> None:
    browser, claim = worried()
    close(claim)
    hold_ends.release(LegalHold.objects.get().pk, a_person(Role.SENIOR_REVIEWER))
    sweep_once()
    assert "They are destroyed." in shown(browser.get("/capture/mine"))
    assert "your video is destroyed" in shown(browser.get("/capture/status"))
    assert browser.get("/capture/status.json").json()["state"] == "decided"
