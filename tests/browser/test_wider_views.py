"""A wider view from the asking to its end: two people, two browsers, one look, and pixels that go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import a_person
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.cases.review_settings import ReviewSettings, change_review
from verification.vault.models import CaseKey, Purpose, SealedMedia
from verification.wider import endings, leases
from verification.wider.models import WiderView

from .cases import checked_case
from .conftest import photograph, sign_in
from .test_pictures_of_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# How many different colours the open wider view holds: a face has thousands, a cleared canvas none.
COLOURS = """() => {
  const canvas = document.querySelector("canvas[data-media=wider]");
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size;
}"""
# Keep hold of the canvas, as a hostile extension might, to see that its pixels are gone and not only hidden.
KEEP = "() => { window.kept = document.querySelector('canvas[data-media=wider]'); }"
KEPT = "() => window.kept.width * window.kept.height"


@pytest.fixture
def case() -> Case:
    case = checked_case("mismatch")[0]
    change_review(OPERATOR, case.programme, replace(ReviewSettings(), wider_neck=True, wider_frame=True))
    return case


def in_the_case(page: Page, reviewer: User) -> Page:
    sign_in(page, reviewer)
    page.keyboard.press("n")
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    return page


def ask(page: Page, tier: str = "Face and neck") -> WiderView:
    page.keyboard.press("v")
    page.get_by_role("radio", name=tier).check()
    page.get_by_label("Reason", exact=True).select_option("welfare")
    page.get_by_label("In a sentence").fill("The mark below the chin may be a bruise.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return WiderView.objects.get(ended_at=None)


def agree(page: Page, key: str = "a") -> None:
    page.goto("/wider")
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press(key)
    expect(page.get_by_role("status").filter(has_text="You ")).to_be_visible()


def shown(page: Page) -> None:
    expect(page.locator("canvas[data-media=wider][data-drawn]")).to_be_visible()


def expect_gone(page: Page) -> None:
    expect(page.locator("canvas[data-media=wider]")).to_have_count(0)
    assert page.evaluate(KEPT) == 0


def living_keys() -> int:
    return CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).count()


def test_face_and_neck_are_asked_for_agreed_to_seen_and_gone(
    open_page: Callable[..., Page], case: Case, screenshots: Path
) -> None:
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    page.keyboard.press("v")
    photograph(page, screenshots / "wider-ask.png")
    assert violations(page) == []
    page.keyboard.press("Escape")
    view = ask(page)
    expect(page.get_by_text("waiting for one other person")).to_be_visible()
    photograph(page, screenshots / "wider-asked.png")

    other = open_page()
    sign_in(other, a_person(Role.RISK_OFFICER))
    other.goto("/wider")
    photograph(other, screenshots / "wider-requests.png")
    assert violations(other) == []
    agree(other)
    photograph(other, screenshots / "wider-agreed.png")
    expect(page.get_by_text("The picture is being drawn.", exact=False).first).to_be_visible()

    leases.render(view.pk)
    expect(page.get_by_role("button", name="Open the wider view now")).to_be_visible()
    photograph(page, screenshots / "wider-ready.png")
    page.keyboard.press("v")
    shown(page)
    assert page.evaluate(COLOURS) > 1000
    page.evaluate(KEEP)
    photograph(page, screenshots / "wider-view.png")
    assert violations(page) == []
    assert living_keys() == 0
    assert not SealedMedia.objects.filter(purpose=Purpose.WIDER, deleted_at=None).exists()

    WiderView.objects.update(ends_at=timezone.now())
    expect(page.get_by_role("dialog").get_by_text("destroyed")).to_be_visible()
    expect_gone(page)
    photograph(page, screenshots / "wider-gone.png")
    endings.end_overdue()
    view.refresh_from_db()
    assert view.end == WiderView.End.MINUTE_OVER
    assert Entry.objects.filter(event="wider:viewed").count() == 1
