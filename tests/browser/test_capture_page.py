"""The person's whole way with a camera: what is sent is what the circle shows, and nothing around it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import Invited, a_capture_programme, a_consenting_session, a_session
from verification import pipeline
from verification.capture.models import CaptureSession
from verification.cases.models import Case
from verification.intake import clips
from verification.intake.video import RefusedClip, normalise_clip

from . import camera_film
from .camera_film import is_canary, pictures_of
from .cases import capture
from .conftest import HAND, hold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]
WithCamera = Callable[..., Browser]
# The server's window for an answer, and the page's own retries, on a machine that is busy with other tests.
PATIENCE = 40_000


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every clip exactly as it came over the wire."""
    seen: list[bytes] = []

    def and_keep(data: bytes) -> object:
        seen.append(data)
        return normalise_clip(data)

    monkeypatch.setattr(clips, "normalise_clip", and_keep)
    return seen


def at_the_camera(page: Page, invited: Invited) -> Page:
    """The camera page of somebody who has agreed, with Start to be pressed."""
    hold(page, invited)
    page.goto("/capture/camera")
    expect(page.locator("[data-start]")).to_be_enabled(timeout=PATIENCE)
    return page


def sent(page: Page) -> None:
    page.wait_for_url("**/capture/status", timeout=PATIENCE)


def test_from_the_notice_to_the_queue_with_nothing_but_the_circle(
    open_page: OpenPage, chromium_with: WithCamera, uploads: list[bytes]
) -> None:
    invited = a_session(a_capture_programme(), reference=capture("clear-match").reference)
    page = open_page(HAND, browser=chromium_with("one"))
    page.goto(f"/c/{invited.token}")
    page.get_by_role("button", name="Use my camera").click()
    expect(page.locator("input:checked")).to_have_count(0)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Only what you see in the circle is sent.")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_enabled(timeout=PATIENCE)
    page.get_by_role("button", name="Start").click()
    sent(page)
    expect(page.get_by_text("Your recording has arrived.")).to_be_visible()

    [clip] = uploads
    pictures = pictures_of(clip)
    assert len(pictures) > 30
    assert sum(int(is_canary(picture).sum()) for picture in pictures) == 0
    assert all(picture.shape == (480, 480, 3) for picture in pictures)
    # A face, and not a black square, is what arrived.
    assert min(float(picture[200:280, 200:280].mean()) for picture in pictures) > 60

    case = Case.objects.get()
    pipeline.process_case(case.pk)
    case.refresh_from_db()
    assert case.status == "in_review"
    expect(page.get_by_text("A trained person will look at your face picture.")).to_be_visible(timeout=PATIENCE)


def test_the_canary_is_seen_where_it_is_sent(tmp_path: Path) -> None:
    film = camera_film.film(tmp_path / "camera.y4m").read_bytes()
    assert is_canary(pictures_of(film)[0]).mean() > 0.4


def test_the_neck_is_sent_only_where_the_programme_asks_for_it(
    open_page: OpenPage, chromium_with: WithCamera, uploads: list[bytes]
) -> None:
    invited = a_consenting_session(a_capture_programme(capture_region="face_and_neck"))
    page = at_the_camera(open_page(HAND, browser=chromium_with("one")), invited)
    page.locator("[data-start]").click()
    sent(page)
    pictures = pictures_of(uploads[0])
    assert {picture.shape for picture in pictures} == {(600, 480, 3)}


@pytest.mark.parametrize("agreed", [True, False], ids=["agreed", "not agreed"])
def test_sound_is_recorded_only_by_consent(
    open_page: OpenPage, chromium_with: WithCamera, uploads: list[bytes], agreed: bool
) -> None:
    scopes = ["compare", "transmit", *(["voice"] if agreed else [])]
    invited = a_consenting_session(a_capture_programme(asks_voice=True), scopes=scopes)
    page = at_the_camera(open_page(HAND, browser=chromium_with("one")), invited)
    page.locator("[data-start]").click()
    sent(page)
    with av.open(io.BytesIO(uploads[0])) as container:
        assert len(container.streams.audio) == int(agreed)


def test_a_dropped_connection_loses_nothing(
    open_page: OpenPage, chromium_with: WithCamera, uploads: list[bytes]
) -> None:
    page = at_the_camera(open_page(HAND, browser=chromium_with("one")), a_consenting_session())
    page.watch.cut_off = True  # type: ignore[attr-defined]  # see open_page
    dropped: list[str] = []

    def drop_three(route: object) -> None:
        dropped.append("once")
        route.abort() if len(dropped) <= 3 else route.continue_()  # type: ignore[attr-defined]  # a Route

    page.route("**/capture/upload", drop_three)
    page.locator("[data-start]").click()
    expect(page.get_by_role("alert")).to_contain_text("It is still here; nothing is lost.", timeout=PATIENCE)
    assert (len(dropped), uploads) == (3, [])
    page.get_by_role("button", name="Send again").click()
    sent(page)
    assert len(uploads) == 1
    assert CaptureSession.objects.get().attempts == 1


def test_a_refused_recording_is_explained_and_may_be_made_again(
    open_page: OpenPage, chromium_with: WithCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_data: bytes) -> RefusedClip:
        refused = normalise_clip(b"")
        assert isinstance(refused, RefusedClip)
        return refused

    monkeypatch.setattr(clips, "normalise_clip", refuse)
    page = at_the_camera(open_page(HAND, browser=chromium_with("one")), a_consenting_session())
    page.watch.expected = {422}  # type: ignore[attr-defined]  # see open_page
    page.locator("[data-start]").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be used", timeout=PATIENCE)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-start]")).to_be_enabled(timeout=PATIENCE)
    expect(page.get_by_text("Attempts left: 2")).to_be_visible()


def test_a_keyboard_is_enough(open_page: OpenPage, chromium_with: WithCamera) -> None:
    page = open_page(HAND, browser=chromium_with("one"))
    page.goto(f"/c/{a_session().token}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use my camera")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What do you agree to?")).to_be_visible()
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    start = page.locator("[data-start]")
    expect(start).to_be_enabled(timeout=PATIENCE)
    while not start.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sent(page)


def test_without_webassembly_the_guide_stays_fixed_and_the_person_starts(
    open_page: OpenPage, chromium_with: WithCamera, uploads: list[bytes]
) -> None:
    page = open_page(HAND, browser=chromium_with("one"))
    page.watch.cut_off = True  # type: ignore[attr-defined]  # see open_page
    page.route("**/capture/runtime/**", lambda route: route.abort())
    at_the_camera(page, a_consenting_session())
    expect(page.get_by_text("This browser cannot help with the framing.").first).to_be_attached()
    page.locator("[data-start]").click()
    sent(page)
    assert sum(int(is_canary(picture).sum()) for picture in pictures_of(uploads[0])) == 0
