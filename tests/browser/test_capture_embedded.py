"""In another site's frame: only the programme's own sites may show the page, and they hear a status, never more."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_capture_programme, a_session

from .conftest import HAND

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LISTED = "https://shop.example"
OTHER = "https://elsewhere.example"


def framed(page: Page, site: str, token: str) -> Page:
    """A page of that site which shows the person's page in a frame and writes down every message it gets."""
    address = json.dumps(f"{page.watch.origin}/c/{token}?embed=1")  # type: ignore[attr-defined]  # see open_page
    script = "window.heard = []; addEventListener('message', ({ data, origin }) => heard.push({ data, origin }));"
    body = f"<!doctype html><title>Shop</title><script>{script}</script><iframe src={address}></iframe>"
    page.route(f"{site}/**", lambda route: route.fulfill(content_type="text/html", body=body))
    page.watch.origin = ""  # type: ignore[attr-defined]  # the shop is no third party here
    page.goto(f"{site}/")
    return page


def test_a_listed_site_hears_the_status_and_nothing_else(open_page: Callable[..., Page]) -> None:
    page = open_page(HAND)
    origin = page.watch.origin  # type: ignore[attr-defined]  # see open_page
    framed(page, LISTED, a_session(a_capture_programme(embed_origins=(LISTED, OTHER))).token)
    expect(page.frame_locator("iframe").get_by_role("button", name="Use my camera")).to_be_visible()
    page.wait_for_function("() => window.heard.length > 0")
    assert page.evaluate("window.heard") == [{"data": {"type": "reviewconsole", "status": "open"}, "origin": origin}]


def test_another_site_may_not_show_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page(HAND)
    complaints = page.watch.complaints  # type: ignore[attr-defined]  # see open_page
    framed(page, OTHER, a_session(a_capture_programme(embed_origins=(LISTED,))).token)
    page.wait_for_timeout(1500)
    assert page.frame_locator("iframe").get_by_role("button").count() == 0
    assert page.evaluate("window.heard") == []
    assert any("frame-ancestors" in complaint for complaint in complaints), complaints
    complaints.clear()
