"""An upload of any size or shape is answered with a code, stays in memory, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.capture.answers import a_clip, later
from verification.capture.models import CaptureSession
from verification.intake import clips
from verification.intake.clip_containers import MAX_BYTES
from verification.intake.images import DecodersBusyError
from verification.vault import objects
from verification.vault.models import SealedMedia

from .browser import SAME_ORIGIN, Browser, ready

pytestmark = pytest.mark.django_db


def sent(browser: Browser, **changes: Any) -> tuple[int, str]:
    """Status and code of an upload of the right time with something changed."""
    challenge = browser.draw().json()
    with time_machine.travel(later(seconds=8), tick=True):
        answer = browser.upload(challenge, **changes)
    assert answer["Content-Type"] == "application/json"
    assert not SealedMedia.objects.filter(kind="clip").exists()
    assert answer.json()["sentence"]
    return answer.status_code, answer.json()["code"]


def test_a_clip_over_the_bound_is_dropped_as_it_arrives() -> None:
    assert sent(ready(), data=b"\x1a\x45\xdf\xa3" + bytes(MAX_BYTES)) == (413, "clip_too_large")
    assert CaptureSession.objects.get().refusal == "clip_too_large"


def test_a_body_of_two_gigabytes_is_refused_before_it_is_read() -> None:
    browser = ready()
    answer = browser.client.generic(
        "POST", "/capture/upload", b"--b\r\n", "multipart/form-data; boundary=b",
        headers=SAME_ORIGIN, CONTENT_LENGTH=str(2 * 1024**3),
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (413, "clip_too_large")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"nothing", "multipart/form-data; boundary=b"),
        (b"nothing", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"--b\r\nContent-Disposition: form-data; name=nonce\r\n\r\nx" * 3, "multipart/form-data; boundary=b"),
    ],
)
def test_a_body_that_is_no_upload_is_refused(body: bytes, kind: str) -> None:
    answer = ready().client.generic("POST", "/capture/upload", body, kind, headers=SAME_ORIGIN)
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] in {"upload_unreadable", "nonce_unknown"}


def test_a_clip_cut_at_every_tenth_is_refused_and_the_whole_one_is_then_taken() -> None:
    browser = ready()
    challenge = browser.draw().json()
    whole = a_clip()
    with time_machine.travel(later(seconds=8), tick=True):
        for tenth in range(10):
            answer = browser.upload(challenge, data=whole[: len(whole) * tenth // 10])
            assert (answer.status_code, answer.json()["code"][:5]) == (422, "clip_")
        assert browser.upload(challenge).status_code == 202


def test_more_fields_than_there_are_and_a_second_file_change_nothing() -> None:
    browser = ready()
    challenge = browser.draw().json()
    with time_machine.travel(later(seconds=8), tick=True):
        answer = browser.upload(challenge, other=SimpleUploadedFile("x", b"x" * 100), note="hello")
    assert answer.status_code == 202


def test_a_thousand_fields_are_too_many() -> None:
    assert sent(ready(), **{f"field-{number}": "x" for number in range(1_000)}) == (400, "upload_unreadable")


def test_when_the_decoders_are_busy_it_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_data: bytes) -> None:
        raise DecodersBusyError

    browser = ready()
    with monkeypatch.context() as patch:
        patch.setattr(clips, "normalise_clip", busy)
        assert sent(browser) == (503, "decoders_busy")


def test_when_the_storage_is_away_nothing_is_kept_and_it_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    def away(_sealed: bytes) -> str:
        raise objects.StorageFailed("away")

    browser = ready()
    challenge = browser.draw().json()
    before = list(media.rglob("*"))
    with time_machine.travel(later(seconds=8), tick=True):
        with monkeypatch.context() as patch:
            patch.setattr(objects, "write", away)
            assert browser.upload(challenge).status_code == 503
        assert list(media.rglob("*")) == before
        assert browser.upload(challenge).status_code == 202


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '{"device": []}', "[" * 5_000, "x" * 20_000, '{"device": {"width": 1e400}}']
)
def test_a_device_that_cannot_be_read_says_nothing(body: str) -> None:
    answer = ready().post("/capture/challenge", body, content_type="application/json")
    assert answer.status_code == 200
    facts = CaptureSession.objects.get().challenges.get().facts
    assert facts == {"device": {"label_is_virtual": False}}
