"""A worry from its key to its closing, with a hold approved and let go: three people, three browsers, keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from tests.factories import a_person, settled, vote
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case
from verification.cases.review_settings import ReviewSettings, change_review
from verification.incidents import handling, holds
from verification.incidents.models import Incident, LegalHold
from verification.incidents.raising import raise_worry
from verification.review.models import Claim
from verification.sweeper import sweep_once
from verification.vault.models import CaseKey

from .cases import checked_case
from .conftest import DESK, photograph, sign_in
from .test_pictures_of_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL: ViewportSize = {"width": 1024, "height": 768}
LOOKS = [(size, view, scheme) for size, view in (("desk", DESK), ("small", SMALL)) for scheme in ("light", "dark")]
SENTENCE = "Dark marks on the left of the neck."


@pytest.fixture
def case() -> Case:
    return checked_case("mismatch")[0]


def in_the_case(page: Page, reviewer: User) -> Page:
    sign_in(page, reviewer)
    page.keyboard.press("n")
    expect(page.locator("[data-pictures] canvas[data-drawn]")).to_have_count(2)
    return page


def raise_it(page: Page) -> None:
    page.keyboard.press("w")
    page.keyboard.press("2")
    page.keyboard.press("t")
    page.keyboard.type(SENTENCE)
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Raised at .*The pictures are kept"))).to_be_visible()


def press(page: Page, key: str, said: str) -> None:
    """Press a key, agree where the page asks, and wait for what it says."""
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press(key)
    expect(page.get_by_text(said)).to_be_visible()


def write(page: Page, key: str, text: str, said: str, *, then: str) -> None:
    page.keyboard.press(key)
    page.keyboard.type(text)
    page.get_by_role("button", name=then).click()
    expect(page.get_by_text(said)).to_be_visible()


def living(case: Case) -> int:
    return CaseKey.objects.filter(case=case, wrapped__isnull=False).count()


def test_a_worry_from_its_key_to_its_closing_with_hold_and_release(open_page: Callable[..., Page], case: Case) -> None:
    reviewer, senior, officer = a_person(Role.REVIEWER), a_person(Role.SENIOR_REVIEWER), a_person(Role.RISK_OFFICER)
    theirs = open_page()
    sign_in(theirs, senior)
    theirs.goto("/worries")
    press(theirs, "d", "You are on duty.")
    mine = in_the_case(open_page(), reviewer)
    raise_it(mine)
    expect(mine.get_by_text("The duty senior has been told.")).to_be_visible()
    # The claim goes on, and the reviewer still decides: they are not held up by what they raised.
    expect(mine.locator("[data-pictures] canvas[data-drawn]")).to_have_count(2)
    vote(Claim.objects.get(reviewer=reviewer), same="different")
    settled()
    # The senior's page learns of it by itself.
    expect(theirs.get_by_role("link", name="Signs of harm")).to_be_visible(timeout=5000)
    theirs.keyboard.press("o")
    theirs.wait_for_url("**/worries/*-*")
    expect(theirs.get_by_text(SENTENCE)).to_be_visible()
    press(theirs, "t", "It is yours now.")
    sweep_once()
    assert living(case) == 1
    risk = open_page()
    sign_in(risk, officer)
    risk.goto("/holds")
    expect(risk.get_by_text(SENTENCE)).to_have_count(0)
    press(risk, "a", "Approved. The pictures stay sealed until")
    # So does the page of the one worry, with nothing that was typed lost.
    theirs.keyboard.press("n")
    theirs.keyboard.type("Called the bank.")
    expect(theirs.get_by_text("Approved the legal hold")).to_be_visible(timeout=5000)
    expect(theirs.get_by_label("What did you do?")).to_have_value("Called the bank.")
    theirs.get_by_role("button", name="Write it down").click()
    expect(theirs.get_by_text("Written down.")).to_be_visible()
    write(theirs, "o", "CAD 4411", "The outside reference is kept.", then="Keep it")
    theirs.keyboard.press("1")
    theirs.keyboard.press("6")
    theirs.get_by_role("button", name="Close this worry").click()
    expect(theirs.get_by_text("Closed, with its outcome on record.")).to_be_visible()
    assert (Incident.objects.get().outcome, living(case)) == ("help_sent", 1)
    theirs.get_by_role("link", name="Signs of harm").click()
    theirs.wait_for_url("**/worries/*-*")
    press(theirs, "l", "Released.")
    assert LegalHold.objects.get().state == "released"
    sweep_once()
    assert living(case) == 0
    theirs.reload()
    expect(theirs.get_by_text("Destroyed", exact=True)).to_be_visible()


def test_the_offer_of_face_and_neck_opens_the_request_with_its_reason(
    open_page: Callable[..., Page], case: Case
) -> None:
    change_review(OPERATOR, case.programme, replace(ReviewSettings(), wider_neck=True))
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    raise_it(page)
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog", name="Ask for a wider view")
    expect(dialog.get_by_label("Reason", exact=True)).to_have_value("welfare")
    expect(dialog.get_by_role("radio", name="Face and neck")).to_be_checked()
    expect(dialog.get_by_label("In a sentence")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Ask to see face and neck")).to_be_hidden()


def test_where_no_wider_view_can_be_asked_for_none_is_offered(open_page: Callable[..., Page], case: Case) -> None:
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    raise_it(page)
    expect(page.get_by_text("Ask to see face and neck")).to_be_hidden()


def test_digits_in_the_dialogue_choose_and_in_the_sentence_are_written(
    open_page: Callable[..., Page], case: Case
) -> None:
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Say what worries you: 1 to 5.")).to_be_visible()
    assert not Incident.objects.exists()
    page.keyboard.press("4")
    page.keyboard.press("t")
    page.keyboard.type("about 14, class 2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Raised at")).to_be_visible()
    incident = Incident.objects.get()
    assert (incident.kind, incident.sentence) == ("under_age", "about 14, class 2")
    expect(page.locator("[data-decision] input[type=radio]:checked")).to_have_count(0)


def test_a_worry_survives_a_lost_connection_and_the_end_of_the_claim(
    open_page: Callable[..., Page], case: Case
) -> None:
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    page.watch.cut_off = True  # type: ignore[attr-defined]  # see open_page
    page.route("**/worry", lambda route: route.abort())
    page.keyboard.press("w")
    page.keyboard.press("3")
    page.keyboard.press("t")
    page.keyboard.type("A hand on the shoulder")
    page.keyboard.press("Enter")
    expect(page.get_by_text("What you wrote is still here")).to_be_visible()
    Claim.objects.update(ends_at=timezone.now() + timedelta(seconds=1))
    expect(page.locator("canvas")).to_have_count(0, timeout=10_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.unroute("**/worry")
    page.get_by_label("What did you see?").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Raised at"))).to_be_visible()
    assert Incident.objects.get().sentence == "A hand on the shoulder"


def test_not_now_raises_nothing(open_page: Callable[..., Page], case: Case) -> None:
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    page.keyboard.press("w")
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not Incident.objects.exists()


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_screens_are_accessible_and_fit(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: ViewportSize, scheme: str
) -> None:
    def picture(page: Page, name: str) -> None:
        photograph(page, screenshots / f"{name}-{size}-{scheme}.png", full_page="case" not in name)
        assert violations(page) == []

    case = checked_case("mismatch")[0]
    change_review(OPERATOR, case.programme, replace(ReviewSettings(), wider_neck=True))
    reviewer, senior, officer = a_person(Role.REVIEWER), a_person(Role.SENIOR_REVIEWER), a_person(Role.RISK_OFFICER)
    page, risk = open_page(viewport, scheme), open_page(viewport, scheme)
    sign_in(page, senior)
    page.goto("/worries")
    picture(page, "worries-none")
    sign_in(risk, officer)
    risk.goto("/holds")
    picture(risk, "holds-none")
    theirs = in_the_case(open_page(viewport, scheme), reviewer)
    theirs.keyboard.press("w")
    theirs.keyboard.press("2")
    theirs.keyboard.press("t")
    theirs.keyboard.type(SENTENCE)
    picture(theirs, "case-worry-dialog")
    theirs.keyboard.press("Enter")
    expect(theirs.get_by_text(re.compile("Raised at"))).to_be_visible()
    picture(theirs, "case-worry-raised")
    page.goto("/worries")
    picture(page, "worries-open")
    page.keyboard.press("o")
    page.wait_for_url("**/worries/*-*")
    picture(page, "worry-new")
    risk.goto("/holds")
    picture(risk, "holds-waiting")
    incident, hold = Incident.objects.get(), LegalHold.objects.get()
    handling.take(incident.pk, senior)
    handling.add_note(
        incident.pk, senior, "Called the bank's fraud desk.\nThey know the address and call an ambulance."
    )
    holds.answer_hold(hold.pk, officer, approves=True)
    renewal = holds.ask_hold(incident.pk, senior)
    picture(risk, "holds-in-force")
    page.goto(f"/worries/{incident.pk}")
    picture(page, "worry-renewing")
    page.watch.expected = {422}  # type: ignore[attr-defined]  # see open_page
    page.get_by_role("button", name="Close this worry").click()
    expect(page.get_by_role("alert")).to_be_visible()
    picture(page, "worry-problems")
    holds.answer_hold(renewal.pk, officer, approves=True)
    handling.set_reference(incident.pk, senior, "CAD 4411 / 25 Nov")
    handling.close(incident.pk, senior, outcome="help_sent", hold="keep")
    raise_worry(Claim.objects.get().pk, reviewer, kind="coercion")
    page.goto("/worries")
    picture(page, "worries-closed")
    page.goto(f"/worries/{incident.pk}")
    picture(page, "worry-closed")
