"""The demo's tour: send the captures through the real API, watch what becomes of them, and report."""

from __future__ import annotations

import http.client
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewconsole.bootstrap import say

from .places import Places
from .process import LaunchError
from .supervisor import Supervisor

PATIENCE = 180.0
UNDERWAY = frozenset({"received", "checking"})
API_KEY = "DEMO_API_KEY"
# The demo has a handful of cases, so a known one follows each that can be followed while its few pairs last, and soon.
DEFAULTS = {"KNOWN_CASE_SHARE": "0.5", "KNOWN_CASE_SPREAD_MINUTES": "1"}


@dataclass
class Tour:
    """The demo captures of one installation. Which capture became which case is kept in `data/demo.json`."""

    here: Places
    port: int
    supervisor: Supervisor
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self) -> None:
        """Send what was not sent before, then wait until every case has settled and every pass has lost its media."""
        key = (self.here.keys / API_KEY).read_text(encoding="utf-8").strip()
        self.headers = {"Authorization": f"Bearer {key}"}
        ids = self._submit(_read(self.here.data / "demo.json"))
        deadline = time.monotonic() + PATIENCE
        while True:
            self.cases = {name: self._get(f"/api/v1/cases/{case}") for name, case in ids.items()}
            ready = sum(not _stuck(case) for case in self.cases.values())
            _progress(f"{ready} of {len(ids)} cases settled", last=ready == len(ids))
            if ready == len(ids) or time.monotonic() > deadline:
                break
            self.supervisor.run_for(0.3)
        self._table()

    def report(self, seconds: float, counts: Mapping[str, int]) -> int:
        """The last line of `--check`, for machines; the exit code says whether a case is stuck."""
        stuck = sorted(name for name, case in self.cases.items() if _stuck(case))
        summary = {
            "cases": dict(Counter(case["status"] for case in self.cases.values())),
            **counts,
            "stuck": stuck,
            "crashes": self.supervisor.crashes,
            "seconds": round(seconds, 1),
        }
        sys.stdout.write(json.dumps(summary) + "\n")
        sys.stdout.flush()
        return 1 if stuck or not self.cases else 0

    def _submit(self, ids: dict[str, str]) -> dict[str, str]:
        from verification.management import demo_captures

        captures = demo_captures.captures()
        for number, capture in enumerate(captures, start=1):
            if capture.name not in ids:
                ids[capture.name] = self._send(capture)
                # Written after each, so that an interrupted tour goes on where it stopped.
                (self.here.data / "demo.json").write_text(json.dumps(ids), encoding="utf-8")
            _progress(f"{number} of {len(captures)} captures sent", last=number == len(captures))
            self.supervisor.tick()
        return ids

    def invite(self) -> str:
        """The address of a capture session, for whoever wants to see the demo as the person in front of the camera."""
        from verification.management import demo_captures

        somebody = secrets.token_hex(8)
        fields = {"kind": "enrolment", "subject_ref": f"demo-{somebody}", "locale": "en"}
        files = [("reference", demo_captures.captures()[0].reference)]
        return str(self._post("/api/v1/capture-sessions", f"demo-{somebody}", fields, files)["url"])

    def _send(self, capture: Any) -> str:
        fields = {
            "kind": "enrolment",
            "subject_ref": f"demo-{capture.name}",
            "consent": json.dumps({"notice_version": "demo-1", "scopes": list(capture.scopes)}),
        }
        files = [("reference", capture.reference), *(("live", image) for image in capture.live)]
        return str(self._post("/api/v1/cases", f"demo-{capture.name}", fields, files)["id"])

    def _post(self, path: str, key: str, fields: dict[str, str], files: list[tuple[str, bytes]]) -> dict[str, Any]:
        boundary = secrets.token_hex(16)
        headers = self.headers | {
            "Idempotency-Key": key,
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        return self._request("POST", path, headers, _multipart(boundary, fields, files))

    def _get(self, path: str) -> dict[str, Any]:
        return self._request("GET", path, self.headers, b"")

    def _request(self, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= 300:
            raise LaunchError(
                f"The API answered {response.status} to {method} {path}: {answer[:500].decode(errors='replace')}"
            )
        return json.loads(answer)  # type: ignore[no-any-return]

    def _table(self) -> None:
        say(f"\n{'capture':<18} {'status':<12} {'media':<10} reasons")
        for name, case in self.cases.items():
            say(f"{name:<18} {case['status']:<12} {_media(case):<10} {', '.join(case['reasons'])}")
        say("")


def _read(path: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    except (FileNotFoundError, json.JSONDecodeError):
        # Half a file is what an interrupted write leaves; sending again with the same key finds the same cases.
        return {}


def _media(case: Mapping[str, Any]) -> str:
    return str(case["media"]["state"])


def _stuck(case: Mapping[str, Any]) -> bool:
    """Not yet where it belongs: still underway, or passed while its media is still there."""
    return case["status"] in UNDERWAY or (case["status"] == "passed" and _media(case) != "destroyed")


def _multipart(boundary: str, fields: Mapping[str, str], files: list[tuple[str, bytes]]) -> bytes:
    parts = [_part(boundary, f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [_part(boundary, f'name="{name}"; filename="{name}"', data) for name, data in files]
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def _part(boundary: str, disposition: str, data: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + data + b"\r\n"


def _progress(sentence: str, *, last: bool) -> None:
    """One line that rewrites itself on a terminal; elsewhere only the last state of it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{sentence} …\033[K" + ("\n" if last else ""))
        sys.stderr.flush()
    elif last:
        say(sentence)
