"""An open page stays true by itself: counts, regions, focus, and the word when nobody answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_person
from verification.access.models import User
from verification.access.roles import Role
from verification.notices import board
from verification.notices.models import Notice

from .conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KIND = Notice.Kind.HANDED_OVER
# Fifteen times what the page promises: the machine that runs the tests may be busy.
SOON = 30_000


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


def on_notices(page: Page, reviewer: User) -> Page:
    sign_in(page, reviewer)
    page.goto("/notices")
    return page


def test_a_notice_appears_and_settles_on_an_open_page(open_page: Callable[..., Page], reviewer: User) -> None:
    page = on_notices(open_page(), reviewer)
    expect(page.get_by_text("No notices", exact=True)).to_be_visible()
    board.notify(KIND, "one", [reviewer])
    expect(page.get_by_role("link", name="Notices 1 new")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("cell", name="New", exact=True)).to_be_visible(timeout=SOON)
    board.settle(KIND, "one")
    expect(page.get_by_role("cell", name="Settled", exact=True)).to_be_visible(timeout=SOON)
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()


def test_the_focus_stays_on_its_control_and_keys_go_on_working(open_page: Callable[..., Page], reviewer: User) -> None:
    board.notify(KIND, "one", [reviewer])
    page = on_notices(open_page(), reviewer)
    control = page.get_by_role("button", name="Go there")
    control.focus()
    page.evaluate("() => { document.activeElement.dataset.was = 'here'; }")
    board.notify(Notice.Kind.QUEUE_OVERDUE, "an hour", [reviewer])
    # The newest comes first; the one that had the focus is the one below.
    expect(control).to_have_count(2, timeout=SOON)
    expect(page.locator("[data-was]")).to_have_count(0)
    expect(control.last).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_role("cell", name="Read", exact=True)).to_have_count(2)


def test_what_somebody_types_is_not_taken_from_under_their_hands(
    open_page: Callable[..., Page], reviewer: User
) -> None:
    page = on_notices(open_page(), reviewer)
    page.evaluate("""() => {
      const field = document.createElement("input");
      field.id = "typed";
      document.querySelector("[data-live-region]").append(field);
    }""")
    page.locator("#typed").fill("half a sent")
    board.notify(KIND, "one", [reviewer])
    expect(page.get_by_role("link", name="Notices 1 new")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("cell", name="New", exact=True)).to_have_count(0)
    page.locator("#typed").fill("")
    expect(page.get_by_role("cell", name="New", exact=True)).to_be_visible(timeout=SOON)


def test_a_lost_connection_is_said_after_ten_seconds_and_taken_back(
    open_page: Callable[..., Page], reviewer: User
) -> None:
    page = open_page()
    page.clock.install()
    on_notices(page, reviewer)
    page.watch.cut_off = True  # type: ignore[attr-defined]  # see open_page
    page.route("**/live", lambda route: route.abort())
    word = page.locator("[data-live-state]")
    page.clock.run_for(8_000)
    expect(word).to_be_hidden()
    page.clock.run_for(6_000)
    expect(word).to_have_text("Not connected")
    page.unroute("**/live")
    page.clock.run_for(4_000)
    expect(word).to_be_hidden()


def test_a_session_that_ended_elsewhere_is_said(open_page: Callable[..., Page], reviewer: User) -> None:
    page = on_notices(open_page(), reviewer)
    page.watch.expected = {403}  # type: ignore[attr-defined]  # see open_page
    page.context.clear_cookies()
    expect(page.locator("[data-live-state]")).to_have_text("Signed out", timeout=SOON)
