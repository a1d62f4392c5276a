"""What a relying party does, over HTTP."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import a_capture_programme, a_picture, a_programme
from verification.audit.events import OPERATOR
from verification.cases.models import ApiKey, Programme
from verification.cases.programmes import issue_key

CASES = "/api/v1/cases"
SESSIONS = "/api/v1/capture-sessions"
PROBLEM = "application/problem+json"
_numbers = itertools.count(1)


def a_consent(*scopes: str, **changes: Any) -> str:
    return json.dumps({"notice_version": "2026-01", "scopes": list(scopes or ("compare", "transmit"))} | changes)


def a_file(content: bytes | None = None, name: str = "picture.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_picture() if content is None else content, "image/png")


def a_form(**changes: Any) -> dict[str, Any]:
    """A submission that is taken; a change to None leaves the field out."""
    form: dict[str, Any] = {
        "kind": "enrolment",
        "subject_ref": "customer-7",
        "consent": a_consent("compare", "transmit", "human_view"),
        "reference": a_file(),
        "live": [a_file(a_picture((90, 100, 110)))],
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


def a_session_form(**changes: Any) -> dict[str, Any]:
    """A request for a capture session that is granted; a change to None leaves the field out."""
    form: dict[str, Any] = {"kind": "enrolment", "subject_ref": "customer-7", "locale": "en", "reference": a_file()}
    return {name: value for name, value in (form | changes).items() if value is not None}


@dataclass
class RelyingParty:
    """One key of one programme. `key` is None for somebody without one."""

    programme: Programme
    api_key: ApiKey
    key: str | None

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.key is None else {"Authorization": f"Bearer {self.key}"}

    def submit(self, idempotency_key: str | None = "", **changes: Any) -> Any:
        """Send a submission, under a fresh idempotency key unless one is given; None sends none."""
        headers = dict(self.headers)
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key or f"request-{next(_numbers)}"
        return self._client.post(CASES, a_form(**changes), headers=headers)

    def invite(self, idempotency_key: str = "", **changes: Any) -> Any:
        """Ask for a capture session, under a fresh idempotency key unless one is given."""
        headers = self.headers | {"Idempotency-Key": idempotency_key or f"request-{next(_numbers)}"}
        return self._client.post(SESSIONS, a_session_form(**changes), headers=headers)

    def get(self, path: str) -> Any:
        return self._client.get(path, headers=self.headers)

    def send(self, method: str, path: str, **options: Any) -> Any:
        headers = self.headers | options.pop("headers", {})
        return self._client.generic(method, path, headers=headers, **options)

    def delete(self, path: str) -> Any:
        return self._client.delete(path, headers=self.headers)

    @property
    def _client(self) -> Client:
        # A client each time: a relying party carries no cookies. Errors must be answered, not raised.
        return Client(raise_request_exception=False)


def a_relying_party(programme: Programme | None = None) -> RelyingParty:
    programme = programme or a_programme()
    api_key, key = issue_key(OPERATOR, programme, "test")
    return RelyingParty(programme, api_key, key)


def a_capturing_party(**settings: Any) -> RelyingParty:
    """A relying party whose programme may ask for captures."""
    return a_relying_party(a_capture_programme(**settings))


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is a whole problem document of this status and code."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == PROBLEM
    document: dict[str, Any] = json.loads(response.content)
    assert document.keys() == {"type", "title", "status", "detail", "code", "errors"}
    assert document["status"] == status
    assert document["code"] == code, document
    assert document["type"].endswith(":" + code)
    return document


@dataclass(frozen=True)
class Part:
    """One part of a hand-written multipart body; with a `filename` it is a file."""

    name: bytes
    content: bytes
    filename: bytes | None = None
    headers: bytes = b""

    def encoded(self) -> bytes:
        filename = b'; filename="' + self.filename + b'"' if self.filename is not None else b""
        head = b'--b\r\nContent-Disposition: form-data; name="' + self.name + b'"' + filename + b"\r\n" + self.headers
        return head + b"\r\n" + self.content + b"\r\n"


def a_body(*parts: Part) -> bytes:
    return b"".join(part.encoded() for part in parts) + b"--b--\r\n"


MULTIPART = "multipart/form-data; boundary=b"
