"""The network is lost at each step of a case: the page says so or comes back, and nothing that was done is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_person
from verification.access.models import User
from verification.access.roles import Role
from verification.review.models import Claim, Vote

from .cases import checked_case
from .conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reviewer() -> User:
    checked_case("mismatch")
    return a_person(Role.REVIEWER)


def cut(page: Page, *addresses: str) -> None:
    page.watch.cut_off = True  # type: ignore[attr-defined]  # see open_page
    for address in addresses:
        page.route(address, lambda route: route.abort())


def mend(page: Page) -> None:
    page.unroute_all()


def pressed_in_vain(page: Page, key: str, address: str) -> None:
    """The browser shows its own page about a lost connection, and the reader comes back from there."""
    with page.expect_event("requestfailed"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    mend(page)
    page.goto(address)


def drawn(page: Page) -> None:
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)


def answered(page: Page) -> None:
    for key in "2142":
        page.keyboard.press(key)


def test_while_taking(open_page: Callable[..., Page], reviewer: User) -> None:
    page = open_page()
    sign_in(page, reviewer)
    cut(page, "**/review/take")
    pressed_in_vain(page, "n", "/review")
    page.keyboard.press("n")
    drawn(page)
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("step", ["**/tickets", "**/review/look"])
def test_while_the_pictures_come(open_page: Callable[..., Page], reviewer: User, step: str) -> None:
    page = open_page()
    sign_in(page, reviewer)
    cut(page, step)
    page.keyboard.press("n")
    expect(page.get_by_role("alert")).to_contain_text("Reload the page to try again.")
    expect(page.locator("canvas")).to_have_count(0)
    mend(page)
    page.reload()
    drawn(page)
    assert Claim.objects.get().end == ""


def test_while_recording(open_page: Callable[..., Page], reviewer: User) -> None:
    page = open_page()
    sign_in(page, reviewer)
    page.keyboard.press("n")
    drawn(page)
    answered(page)
    page.get_by_label("Note optional").fill("a scar on the left")
    page.keyboard.press("Escape")
    cut(page, "**/pulse", "**/decide")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing was sent; record it again in a moment.")).to_be_visible()
    expect(page.get_by_label("Note optional")).to_have_value("a scar on the left")
    expect(page.locator("input:checked:not([name=then])")).to_have_count(4)
    assert not Vote.objects.exists()
    mend(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    assert Vote.objects.get().note == "a scar on the left"


def test_while_undoing(open_page: Callable[..., Page], reviewer: User) -> None:
    page = open_page()
    sign_in(page, reviewer)
    page.keyboard.press("n")
    drawn(page)
    answered(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    recorded = page.url
    cut(page, "**/undo")
    pressed_in_vain(page, "u", recorded)
    page.keyboard.press("u")
    drawn(page)
    assert Vote.objects.get().state == Vote.State.UNDONE
