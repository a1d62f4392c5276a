"""A real Chromium against a real server. Every page is watched: no error in its console, no request to anybody else."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    Response,
    ViewportSize,
    sync_playwright,
)

from tests.factories import Invited
from verification.access.models import User

from . import camera_film

# The size of a desk and of a hand.
DESK: ViewportSize = {"width": 1440, "height": 900}
HAND: ViewportSize = {"width": 390, "height": 844}

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # There is none here, and its stand-in in software sometimes fails to give a picture on a busy machine.
    "--disable-gpu",
    # A page of another site frames ours in one test; ours is on this machine, which Chromium would otherwise ask about.
    "--disable-features=LocalNetworkAccessChecks",
]


@pytest.fixture(scope="session", autouse=True)
def _playwright_may_share_the_thread() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, which Django would take for asynchronous code."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    yield
    patch.undo()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def chromium_with(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Browser]]:
    """`chromium_with(film, allowed)`: a Chromium whose camera shows that film; None for one without any camera."""
    launched: dict[tuple[str | None, bool], Browser] = {}
    directory = tmp_path_factory.mktemp("films")

    def make(film: str | None, *, allowed: bool = True) -> Browser:
        if (film, allowed) not in launched:
            arguments = [*_ARGUMENTS, *camera_film.camera(film, directory)]
            if film and allowed:
                arguments.append("--use-fake-ui-for-media-stream")
            path = shutil.which("chromium")
            launched[film, allowed] = playwright.chromium.launch(executable_path=path, args=arguments)
        return launched[film, allowed]

    yield make
    for browser in launched.values():
        browser.close()


def photograph(page: Page, path: Path, *, full_page: bool = False) -> None:
    """A screenshot. Chromium without a graphics card may decline one on a busy machine; then it is asked again."""
    for _ in range(2):
        with suppress(Error):
            page.screenshot(path=path, animations="disabled", full_page=full_page)
            return
    page.screenshot(path=path, animations="disabled", full_page=full_page)


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of pages go: the directory that SCREENSHOTS names, else a temporary one."""
    given = os.environ.get("SCREENSHOTS")
    directory = Path(given) if given else Path(tempfile.mkdtemp(prefix="screenshots-"))
    directory.mkdir(parents=True, exist_ok=True)
    return directory


class Watch:
    """What a page must not do. `expected` and `cut_off` are what a test provokes, which Chromium reports too."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.complaints: list[str] = []
        self.addresses: list[str] = []
        self.expected: set[int] = set()
        self.cut_off = False

    def on_console(self, message: ConsoleMessage) -> None:
        provoked = any(f"status of {status}" in message.text for status in self.expected)
        provoked = provoked or (self.cut_off and "net::ERR_FAILED" in message.text)
        if message.type in {"error", "warning"} and not provoked:
            self.complaints.append(f"{message.type}: {message.text}")

    def on_error(self, error: Exception) -> None:
        self.complaints.append(f"uncaught: {error}")

    def on_request(self, request: Request) -> None:
        self.addresses.append(request.url)
        if not request.url.startswith(self.origin):
            self.complaints.append(f"third party: {urlsplit(request.url).netloc}")

    def on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status} {response.url}")


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> Generator[Callable[..., Page]]:
    """`open_page(viewport, scheme, browser)`: a page of its own session, whose `watch` is read at the end."""
    opened: list[Page] = []
    watches: list[Watch] = []

    def make(viewport: ViewportSize = DESK, scheme: Any = "light", browser: Browser = chromium) -> Page:
        context = browser.new_context(viewport=viewport, color_scheme=scheme, base_url=live_server.url)
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch = Watch(live_server.url)
        page.on("console", watch.on_console)
        page.on("pageerror", watch.on_error)
        page.on("request", watch.on_request)
        page.on("response", watch.on_response)
        page.watch = watch  # type: ignore[attr-defined]  # a test finds the watch by its page
        opened.append(page)
        watches.append(watch)
        return page

    yield make
    for page in opened:
        page.context.close()
    complaints = [complaint for watch in watches for complaint in watch.complaints]
    assert not complaints, complaints


def sign_in(page: Page, user: User) -> None:
    page.goto("/login")
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill(user.shown_password)  # type: ignore[attr-defined]  # see a_person
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def hold(page: Page, invited: Invited) -> None:
    """Give the page's browser the cookie of a capture session."""
    origin = page.watch.origin  # type: ignore[attr-defined]  # see open_page
    page.context.add_cookies([{"name": "capture", "value": invited.cookie, "url": origin, "sameSite": "Strict"}])
