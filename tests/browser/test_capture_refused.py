"""What can go wrong before a camera: each is said in a plain sentence, and another way stands beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import a_capture_programme, a_consenting_session, a_session
from verification.capture.models import CaptureSession
from verification.cases.models import Case

from .conftest import HAND, hold
from .test_capture_page import PATIENCE, at_the_camera

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]
WithCamera = Callable[..., Browser]
# Count every wish for a camera, also those that a page would hide.
COUNT_WISHES = """
  window.wishes = 0;
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (...wanted) => { window.wishes += 1; return real(...wanted); };
"""
HIDE = """
  Object.defineProperty(document, "hidden", { get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
"""
LOOKS = """(button) => {
  const { width, height } = button.getBoundingClientRect();
  const { backgroundColor, color, fontSize, fontWeight } = getComputedStyle(button);
  return { size: [width, height], style: [backgroundColor, color, fontSize, fontWeight] };
}"""
REFUSE_WITH = """(name) => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
}"""


def test_another_way_costs_no_face_byte_and_no_wish_for_a_camera(
    open_page: OpenPage, chromium_with: WithCamera
) -> None:
    page = open_page(HAND, browser=chromium_with("one"))
    page.add_init_script(COUNT_WISHES)
    bodies: list[int] = []
    page.on("request", lambda request: bodies.append(len(request.post_data_buffer or b"")))
    page.goto(f"/c/{a_session().token}")
    page.get_by_role("button", name="Use another way").click()
    expect(page.get_by_text("nothing of your face was sent")).to_be_visible()
    expect(page.get_by_text("Come to any branch.")).to_be_visible()
    assert max(bodies) < 100
    assert page.evaluate("window.wishes") == 0
    assert not any("capture/camera" in address for address in page.watch.addresses)  # type: ignore[attr-defined]
    assert Case.objects.get().status == "other_way"


def test_both_ways_are_equal_on_the_first_screen(open_page: OpenPage) -> None:
    for width in (320, 390, 1280):
        page = open_page({"width": width, "height": 800})
        page.goto(f"/c/{a_session().token}")
        camera, other = (
            page.get_by_role("button", name=name).evaluate(LOOKS) for name in ("Use my camera", "Use another way")
        )
        assert camera == other
        assert min(camera["size"]) >= 48


@pytest.mark.parametrize(
    ("film", "allowed", "sentence"),
    [(None, True, "No camera was found."), ("one", False, "The camera was not allowed.")],
    ids=["no camera", "permission refused"],
)
def test_without_a_camera_the_page_says_so(
    open_page: OpenPage, chromium_with: WithCamera, film: str | None, allowed: bool, sentence: str
) -> None:
    page = open_page(HAND, browser=chromium_with(film, allowed=allowed))
    if allowed:
        page.context.grant_permissions(["camera"])
    hold(page, a_consenting_session())
    page.goto("/capture/camera")
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    page.get_by_role("button", name="Use another way").click()
    expect(page.get_by_role("heading", name="Another way")).to_be_visible()


def test_a_camera_in_use_is_told_from_a_missing_one(open_page: OpenPage, chromium_with: WithCamera) -> None:
    page = open_page(HAND, browser=chromium_with("one"))
    page.add_init_script(f"({REFUSE_WITH})('NotReadableError')")
    hold(page, a_consenting_session())
    page.goto("/capture/camera")
    expect(page.get_by_role("alert")).to_contain_text("used by another program")


def test_a_hidden_tab_throws_the_recording_away(open_page: OpenPage, chromium_with: WithCamera) -> None:
    page = at_the_camera(open_page(HAND, browser=chromium_with("one")), a_consenting_session())
    page.locator("[data-start]").click()
    expect(page.locator("[data-camera]")).to_have_attribute("data-state", "recording")
    page.wait_for_function("() => document.querySelector('[data-ring]').style.strokeDasharray !== ''")
    page.evaluate(HIDE)
    expect(page.get_by_role("alert")).to_contain_text("thrown away and not sent")
    session = CaptureSession.objects.get()
    assert (session.attempts, session.end) == (1, "")


def test_two_people_cannot_start(open_page: OpenPage, chromium_with: WithCamera) -> None:
    page = open_page(HAND, browser=chromium_with("two"))
    hold(page, a_consenting_session())
    page.goto("/capture/camera")
    expect(page.locator("[data-prompt]")).to_have_text("Only one person should be in the circle.", timeout=PATIENCE)
    expect(page.locator("[data-start]")).to_be_disabled()


def test_darkness_asks_for_light_but_locks_nobody_out(open_page: OpenPage, chromium_with: WithCamera) -> None:
    page = open_page(HAND, browser=chromium_with("dark"))
    hold(page, a_consenting_session())
    page.goto("/capture/camera")
    expect(page.locator("[data-prompt]")).to_have_text("Find more light. Facing a window helps.", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Start anyway")).to_be_enabled(timeout=PATIENCE)


def test_an_address_opens_in_one_browser_only(open_page: OpenPage) -> None:
    invited = a_session()
    first, second = open_page(HAND), open_page(HAND)
    first.goto(f"/c/{invited.token}")
    first.get_by_role("button", name="Use my camera").click()
    second.watch.expected = {409}  # type: ignore[attr-defined]  # see open_page
    second.goto(f"/c/{invited.token}")
    expect(second.get_by_text("This link was opened in another browser.")).to_be_visible()


def test_missing_consents_are_named_and_nothing_goes_on(open_page: OpenPage) -> None:
    page = open_page(HAND)
    page.watch.expected = {422}  # type: ignore[attr-defined]  # see open_page
    page.goto(f"/c/{a_session(a_capture_programme(asks_voice=True)).token}")
    page.get_by_role("button", name="Use my camera").click()
    page.get_by_role("checkbox").nth(2).check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("the camera cannot be used")
    expect(page.locator("[aria-invalid=true]")).to_have_count(2)
    expect(page.get_by_role("checkbox").nth(2)).to_be_checked()


def test_consent_is_taken_back_and_everything_erased_with_one_tap_each(open_page: OpenPage) -> None:
    page = open_page(HAND)
    hold(page, a_consenting_session())
    page.goto("/capture/mine")
    page.get_by_text("Take back my consent", exact=True).click()
    page.get_by_role("button", name="Yes, take it back").click()
    expect(page.get_by_text("None. They are destroyed.")).to_be_visible()
    assert CaptureSession.objects.get().end == "withdrawn"
    page.get_by_text("Erase everything", exact=True).click()
    page.get_by_role("button", name="Yes, erase everything").click()
    expect(page.get_by_text("Everything about this check is erased.")).to_be_visible()
    assert Case.objects.get().status == "erased"
    assert page.context.cookies() == []
