"""Every step of the person's pages, in every language, at a desk, in a hand and on 320 pixels, light and dark.

No accessibility violation, nothing wider than the screen, no target smaller than a thumb, and a picture to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import a_bound_session, a_capture_programme, a_session
from verification.web.capture.texts import texts

from .conftest import HAND, hold, photograph
from .test_capture_page import PATIENCE
from .test_pictures_of_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1280, "height": 800}
SMALL = {"width": 320, "height": 640}
LOOKS = [
    ("en", "desk", DESK, "light"),
    ("en", "hand", HAND, "dark"),
    ("en", "small", SMALL, "light"),
    ("zh-hans", "hand", HAND, "light"),
    ("zh-hans", "desk", DESK, "dark"),
    ("zh-hant", "small", SMALL, "dark"),
    ("zh-hant", "hand", HAND, "light"),
]
TOO_SMALL = """() => [...document.querySelectorAll("button, summary, a.button, .actions a, label")]
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 48)
  .map((element) => element.outerHTML)"""


class Album:
    """The pages of one look, one after the other."""

    def __init__(self, page: Page, directory: Path, name: str) -> None:
        self.page = page
        self.directory = directory
        self.name = name

    def add(self, step: str) -> None:
        photograph(self.page, self.directory / f"capture-{step}-{self.name}.png")
        assert violations(self.page) == []
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, step
        assert self.page.evaluate(TOO_SMALL) == [], step


@pytest.mark.parametrize(
    ("locale", "size", "viewport", "scheme"), LOOKS, ids=[f"{look[0]}-{look[1]}-{look[3]}" for look in LOOKS]
)
def test_every_step_is_accessible_and_fits(
    open_page: Callable[..., Page],
    chromium_with: Callable[..., Browser],
    screenshots: Path,
    locale: str,
    size: str,
    viewport: object,
    scheme: str,
) -> None:
    words = texts(locale)
    page = open_page(viewport, scheme, browser=chromium_with("one"))
    album = Album(page, screenshots, f"{locale}-{size}-{scheme}")
    programme = a_capture_programme(asks_voice=True)
    page.goto(f"/c/{a_session(programme, locale=locale).token}")
    assert page.locator("html").get_attribute("lang") == words["lang"]
    album.add("1-notice")
    page.get_by_role("button", name=words["use_camera"]).click()
    album.add("2-consent")
    page.watch.expected = {422, 410}  # type: ignore[attr-defined]  # see open_page
    page.get_by_role("button", name=words["go_on"]).click()
    album.add("2-consent-missing")
    for box in page.get_by_role("checkbox").all()[:3]:
        box.check()
    page.get_by_role("button", name=words["go_on"]).click()
    expect(page.locator("[data-prompt]")).to_have_text(words["page"]["good"], timeout=PATIENCE)
    album.add("3-camera")
    page.locator("[data-start]").click()
    page.wait_for_function("() => document.querySelector('[data-ring]').style.strokeDasharray !== ''")
    page.wait_for_timeout(2500)
    album.add("4-challenge")
    page.wait_for_url("**/capture/status", timeout=PATIENCE)
    album.add("5-status")
    page.get_by_role("link", name=words["about_me"]).click()
    page.get_by_text(words["withdraw"], exact=True).click()
    album.add("6-mine")
    page.get_by_text(words["erase"], exact=True).click()
    page.get_by_role("button", name=words["erase_yes"]).click()
    expect(page.get_by_text(words["ended_erased"])).to_be_visible()
    album.add("7-erased")


@pytest.mark.parametrize("locale", ["en", "zh-hans", "zh-hant"])
def test_the_other_way_and_a_missing_camera_are_accessible(
    open_page: Callable[..., Page], chromium_with: Callable[..., Browser], screenshots: Path, locale: str
) -> None:
    words = texts(locale)
    page = open_page(HAND, browser=chromium_with("one", allowed=False))
    album = Album(page, screenshots, locale)
    invited = a_bound_session(locale=locale)
    hold(page, invited)
    page.goto("/capture/consent")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name=words["go_on"]).click()
    expect(page.get_by_role("alert")).to_have_text(words["page"]["no_permission"])
    album.add("3-refused")
    page.get_by_role("button", name=words["use_other_way"]).click()
    expect(page.get_by_role("heading", name=words["other_way_title"])).to_be_visible()
    album.add("8-other-way")
