"""A person's browser, over HTTP: it keeps the one cookie and says where its requests come from."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.capture.answers import DEVICE, a_clip
from tests.factories import Invited, a_session

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """Errors are answered, not raised, as a person would see them."""

    def __init__(self, invited: Invited | None = None) -> None:
        self.invited = invited or a_session()
        self.client = Client(raise_request_exception=False)
        self.address = f"/c/{self.invited.token}"

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def post(self, path: str, data: Any = None, headers: dict[str, str] | None = None, **options: Any) -> Any:
        return self.client.post(path, data or {}, headers=SAME_ORIGIN if headers is None else headers, **options)

    def choose(self, choice: str = "camera", **options: Any) -> Any:
        return self.post(f"{self.address}/choose", {"choice": choice}, **options)

    def consent(self, *scopes: str) -> Any:
        given = list(scopes or ("compare", "transmit", "human_view"))
        return self.post("/capture/consent", {"choice": "camera", "scope": given})

    def draw(self) -> Any:
        return self.post("/capture/challenge", json.dumps({"device": DEVICE}), content_type="application/json")

    def upload(self, challenge: dict[str, Any], data: bytes | None = None, **changes: Any) -> Any:
        shown = [{"step": step["step"], "at_ms": step["from_ms"] + 20} for step in challenge["steps"]]
        fields = {
            "nonce": challenge["nonce"],
            "clip": SimpleUploadedFile("clip.webm", a_clip() if data is None else data),
            "timings": json.dumps({"recorder_started_ms": 30, "shown": shown}),
        } | changes
        return self.post("/capture/upload", fields)


def ready(invited: Invited | None = None) -> Browser:
    """A browser that has chosen the camera and agreed."""
    browser = Browser(invited)
    assert browser.choose().status_code == 302
    assert browser.consent().status_code == 302
    return browser
