"""A screenshot of a reviewer's real screen, and what a risk officer is told of it and of other pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_person
from tests.leaks.looked import a_look, leaked, rewritten, unmarked
from tests.review.tracing.distortions import jpeg
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.models import Entry

from .cases import checked_case
from .conftest import sign_in
from .test_pictures_of_pages import LOOKS, picture

READ_WITHIN = 30_000
"""Milliseconds. Reading a large picture keeps a core busy, and other tests want it as well."""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def trace(page: Page, file: Path | bytes) -> None:
    given = {"name": "leak.jpg", "mimeType": "image/jpeg", "buffer": file} if isinstance(file, bytes) else file
    page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    page.keyboard.press("t")


def an_officer_at(page: Page) -> Page:
    sign_in(page, a_person(Role.RISK_OFFICER))
    page.goto("/reports/trace")
    return page


def photographed_case(page: Page, reviewer: User, path: Path) -> Path:
    """What any screenshot tool would keep of the screen in front of the reviewer."""
    sign_in(page, reviewer)
    page.keyboard.press("n")
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    page.screenshot(path=path)
    return path


def test_a_screenshot_of_a_reviewers_screen_names_both_looks_on_it(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    checked_case("mismatch")
    reviewer = a_person(Role.REVIEWER)
    shot = photographed_case(open_page(), reviewer, tmp_path / "screen.png")
    page = an_officer_at(open_page())
    trace(page, shot)
    expect(page.get_by_role("heading", name="It came from 2 looks")).to_be_visible(timeout=READ_WITHIN)
    for entry in Entry.objects.filter(event="crop:viewed"):
        look = page.get_by_role("article").filter(has_text=f"Entry {entry.pk}")
        expect(look).to_contain_text(str(reviewer))


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_page_is_accessible_and_fits_whatever_it_says(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    look, forgotten = a_look(), a_look()
    rewritten(forgotten, forgotten.entry.actor_id, "00000000-0000-0000-0000-000000000000")
    page = an_officer_at(open_page(viewport, scheme))
    picture(page, screenshots, f"trace-{size}-{scheme}")
    for name, file, words in (
        ("found", leaked(look, jpeg(70)), "It came from one look"),
        ("none", unmarked(), "No mark found"),
        ("unfitting", leaked(forgotten, jpeg(70)), "no entry that fits it"),
    ):
        trace(page, file)
        expect(page.get_by_role("status")).to_contain_text(words, timeout=READ_WITHIN)
        picture(page, screenshots, f"trace-{name}-{size}-{scheme}")
    page.watch.expected = {400}  # type: ignore[attr-defined]  # see open_page
    trace(page, b"not a picture")
    expect(page.get_by_role("alert")).to_contain_text("not an ordinary JPEG")
    picture(page, screenshots, f"trace-refused-{size}-{scheme}")
