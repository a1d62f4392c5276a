"""Sixteen reviewers at the real site: `.venv/bin/python -m tests.benchmarks.desk`; the suite does not collect it.

Starts what `manage.py up` starts (web, worker, sweeper, PostgreSQL, Valkey) in a directory of its own, puts cases into
the queue, and lets sixteen people work at once over HTTP: each takes a case, fetches both crops, thinks for 3 to 8
seconds with a sign of life each second, and decides; every other time the next case comes by itself. A crop counts once
it is decoded. Thinking and all sixteen clients share the machine with the site, as no browser would.

Prints medians and 95th percentiles, and the weight of a case page as it is served. Nothing is asserted: a figure
belongs to the machine it was measured on.
"""

from __future__ import annotations

import gzip
import http.client
import io
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image

from reviewconsole.embedded import environment, places

REVIEWERS = 16
CASES_EACH = int(os.environ.get("CASES_EACH", "8"))
THINKING = (3.0, 8.0)
PORT = int(os.environ.get("PORT", "8971"))
BASE = Path(__file__).resolve().parents[2]


class Desk:
    """One person's browser: a session's cookie, its token, and connections that are kept."""

    def __init__(self, cookie: str) -> None:
        self.cookie = cookie
        self.token = ""
        self.local = threading.local()

    def ask(self, method: str, path: str, fields: Any = None) -> tuple[int, dict[str, str], bytes]:
        headers = {"Cookie": f"sessionid={self.cookie}", "X-CSRFToken": self.token}
        body = urlencode(fields, doseq=True) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            return self._asked(method, path, body, headers)
        except ConnectionError:
            # The server let go of a connection that was idle; a browser opens another, too.
            del self.local.connection
            return self._asked(method, path, body, headers)

    def _asked(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        connection: http.client.HTTPConnection = self.local.connection
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def follow(self, path: str, fields: Any = None) -> tuple[str, str]:
        """POST, or GET without fields, and the page that it leads to: its address and its text."""
        status, headers, body = self.ask("GET" if fields is None else "POST", path, fields)
        while status in {301, 302, 303}:
            path = headers["location"]
            status, headers, body = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{status} at {path}: {body[:200]!r}")
        page = body.decode()
        found = re.search(r'name="csrf" content="(\w+)"', page)
        self.token = found[1] if found else self.token
        return path, page


def open_crops(desk: Desk, pool: ThreadPoolExecutor, path: str) -> None:
    """Tickets for both crops, then both crops at once, decoded."""
    wanted = {"media": ["crop-reference", "crop-live"]}
    status, _, body = desk.ask("POST", f"{path}/tickets", wanted)
    if status != 200:
        raise RuntimeError(f"{status} for tickets: {body[:200]!r}")
    tickets = re.findall(r'"crop-\w+": "([\w-]+)"', body.decode())

    def look(ticket: str) -> None:
        status, _, png = desk.ask("POST", "/review/look", {"ticket": ticket})
        if status != 200:
            raise RuntimeError(f"{status} for a look: {png[:200]!r}")
        Image.open(io.BytesIO(png)).load()

    list(pool.map(look, tickets))


def work(cookie: str, claims: list[float], nexts: list[float], failed: list[BaseException]) -> None:
    try:
        with ThreadPoolExecutor(2) as pool:
            desk = Desk(cookie)
            desk.follow("/review")
            time.sleep(random.uniform(0, THINKING[1]))  # noqa: S311 - people do not start together
            path = ""
            for number in range(CASES_EACH):
                if not path:
                    began = time.perf_counter()
                    path, _ = desk.follow("/review/take", {})
                    open_crops(desk, pool, path)
                    claims.append(time.perf_counter() - began)
                think(desk, path)
                path = decide(desk, pool, path, nexts, by_itself=number % 2 == 0)
    except BaseException as error:  # noqa: BLE001 - told at the end
        failed.append(error)


def think(desk: Desk, path: str) -> None:
    until = time.perf_counter() + random.uniform(*THINKING)  # noqa: S311 - how long somebody thinks is no secret
    while time.perf_counter() < until:
        desk.ask("POST", f"{path}/pulse", {})
        time.sleep(1)


def decide(desk: Desk, pool: ThreadPoolExecutor, path: str, nexts: list[float], *, by_itself: bool) -> str:
    """Record an answer. The next case's address where it came by itself, else nothing."""
    answers = {"same_person": "same", "alive": "live", "confidence": "4", "reasons": "features_agree", "note": ""}
    began = time.perf_counter()
    path, _ = desk.follow(f"{path}/decide", answers | ({"then": "next"} if by_itself else {}))
    if not by_itself:
        return ""
    open_crops(desk, pool, path)
    nexts.append(time.perf_counter() - began)
    return path


def weight(desk: Desk) -> None:
    """A case page with its style sheets and modules, each as it is served to a browser that takes gzip."""
    desk.follow("/review")
    path, page = desk.follow("/review/take", {})
    waiting, seen, total = re.findall(r'(?:src|href)="(/static/[^"]+)"', page), set[str](), 0
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        total += len(body)
        text = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
        folder = address.rsplit("/", 1)[0]
        waiting += [f"{folder}/{name}" for name in re.findall(r'from\s*"\./([^"]+)"', text.decode(errors="replace"))]
    desk.follow(f"{path}/release", {})
    print(f"case page {len(page.encode()) / 1000:.1f} kB, {len(seen)} files {total / 1000:.1f} kB as served")


def show(what: str, seconds: list[float]) -> None:
    median, p95 = statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=20)[18] * 1000
    print(f"{what:<40} median {median:6.0f} ms   p95 {p95:6.0f} ms   n={len(seconds)}")


def fill(number: int) -> list[str]:
    """Reviewers' cookies, after putting so many cases with two pictures each into the queue."""
    import django

    django.setup()
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.test import Client

    from tests import factories
    from tests.checks.photographs import astronaut
    from verification.access.roles import Role

    assert staticfiles_storage
    face = Image.fromarray(astronaut()[..., ::-1]).crop((96, 0, 352, 256)).resize((512, 512))
    out = io.BytesIO()
    face.save(out, "PNG")
    factories.a_picture = lambda *_a, **_k: out.getvalue()
    programme = factories.a_programme()
    for _ in range(number):
        factories.a_case_in_review(programme)
    cookies = []
    for _ in range(REVIEWERS + 1):
        client = Client()
        client.force_login(factories.a_person(Role.REVIEWER))
        cookies.append(client.cookies["sessionid"].value)
    return cookies


def measure() -> None:
    first, *cookies = fill(REVIEWERS * CASES_EACH + 20)
    weight(Desk(first))
    claims: list[float] = []
    nexts: list[float] = []
    failed: list[BaseException] = []
    people = [threading.Thread(target=work, args=(cookie, claims, nexts, failed)) for cookie in cookies]
    for person in people:
        person.start()
    for person in people:
        person.join()
    if failed:
        raise failed[0]
    print(f"{REVIEWERS} reviewers at once, load {os.getloadavg()[0]:.1f}")
    show("claim to both crops decoded", claims)
    show("decision to the next case's crops", nexts)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="desk-") as directory:
        command = [sys.executable, "manage.py", "up", "--data", directory, "--port", str(PORT)]
        site = subprocess.Popen(
            command, cwd=BASE, env=os.environ | {"MODELS_DIR": str(places.default_data() / "models")}
        )
        try:
            here = places.places(Path(directory))
            wait_until_served(site)
            os.environ.update(environment.of_role("command", here, embedded=True))
            measure()
        finally:
            site.send_signal(signal.SIGTERM)
            site.wait(30)


def wait_until_served(site: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and site.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            connection.request("GET", "/login")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("The site did not answer.")


if __name__ == "__main__":
    main()
