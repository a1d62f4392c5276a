"""Bodies that are too large, of another type, or not what they say; all bounded before they are held in memory."""

from __future__ import annotations

import io
import tracemalloc
from typing import Any

import pytest

from tests.factories import a_picture
from verification.cases.models import Case

from .relying_party import CASES, MULTIPART, Part, RelyingParty, a_body, a_consent, a_file, assert_problem

MB = 1024 * 1024
HEADERS = {"Idempotency-Key": "k"}
TEXTS = (
    Part(b"kind", b"enrolment"),
    Part(b"subject_ref", b"customer-7"),
    Part(b"consent", a_consent("compare", "transmit").encode()),
)
FILES = (Part(b"reference", a_picture(), b"r"), Part(b"live", a_picture(), b"l"))


class Streamed(io.RawIOBase):
    """A multipart body with files of `sizes` bytes, made while it is read, and how much of it was read."""

    def __init__(self, *sizes: int) -> None:
        self._waiting = [piece for size in sizes for piece in self._file(size)] + [(b"\r\n--b--\r\n", 1)]
        self.length = sum(len(block) * times for block, times in self._waiting)
        self.was_read = 0
        self._left = b""

    @staticmethod
    def _file(size: int) -> list[tuple[bytes, int]]:
        head = b'\r\n--b\r\nContent-Disposition: form-data; name="live"; filename="x"\r\n\r\n'
        return [(head, 1), (b"\xff" * 65_536, size // 65_536)]

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size and self._waiting:
            block, times = self._waiting.pop(0)
            if times > 1:
                self._waiting.insert(0, (block, times - 1))
            self._left += block
        given, self._left = self._left[:size], self._left[size:]
        self.was_read += len(given)
        return given


def _post(party: RelyingParty, body: bytes, content_type: str = MULTIPART) -> Any:
    return party.send("POST", CASES, data=body, content_type=content_type, headers=HEADERS)


def _stream(party: RelyingParty, body: Streamed) -> Any:
    environment: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": str(body.length)}
    return party.send("POST", CASES, headers=HEADERS, **environment, CONTENT_TYPE=MULTIPART)


def test_a_body_written_by_hand_is_taken(party: RelyingParty) -> None:
    assert _post(party, a_body(*TEXTS, *FILES)).status_code == 202


def test_a_file_over_10_mb_is_refused_by_name(party: RelyingParty) -> None:
    document = assert_problem(party.submit(reference=a_file(b"\xff\xd8" + bytes(10 * MB))), 413, "image_too_large")
    assert document["errors"][0]["field"] == "reference"


def test_a_file_of_10_mb_is_looked_at(party: RelyingParty) -> None:
    assert_problem(party.submit(reference=a_file(b"\xff\xd8" + bytes(10 * MB - 2))), 400, "image_type_not_accepted")


def test_a_body_of_60_mb_is_refused_and_never_held(party: RelyingParty) -> None:
    body = Streamed(*[6 * MB] * 10)
    tracemalloc.start()
    try:
        response = _stream(party, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert_problem(response, 413, "body_too_large")
    # The kept files may double while one of them grows; the whole body would not fit.
    assert peak < 55 * MB
    assert body.was_read == body.length


def test_one_file_of_60_mb_is_dropped_while_it_is_read(party: RelyingParty) -> None:
    tracemalloc.start()
    try:
        response = _stream(party, Streamed(60 * MB))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert_problem(response, 413, "body_too_large")
    assert peak < 25 * MB


def test_a_body_announced_as_far_too_large_is_not_read(party: RelyingParty) -> None:
    body = Streamed(170 * MB)
    assert_problem(_stream(party, body), 413, "body_too_large")
    assert body.was_read == 0


def test_a_body_without_a_key_is_not_read(party: RelyingParty) -> None:
    body = Streamed(MB)
    party.key = None
    assert_problem(_stream(party, body), 401, "key_missing")
    assert body.was_read == 0


def test_text_of_more_than_a_megabyte_is_refused(party: RelyingParty) -> None:
    assert_problem(party.submit(consent=" " * (MB + 1)), 413, "body_too_large")


def test_seventeen_files_are_refused_while_they_are_read(party: RelyingParty) -> None:
    assert_problem(party.submit(live=[a_file() for _ in range(17)]), 400, "too_many_files")


def test_a_hundred_fields_are_refused(party: RelyingParty) -> None:
    assert_problem(party.submit(**{f"f{number}": "x" for number in range(100)}), 400, "too_many_fields")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\xfe", "text_not_utf8"), (b"\xed\xa0\x80", "text_not_utf8"), (b"a\0b", "subject_ref_invalid")],
)
def test_text_that_is_no_text_is_refused(party: RelyingParty, content: bytes, code: str) -> None:
    texts = [Part(part.name, content if part.name == b"subject_ref" else part.content) for part in TEXTS]
    assert_problem(_post(party, a_body(*texts, *FILES)), 400, code)


def test_a_file_without_a_name_is_no_file(party: RelyingParty) -> None:
    body = a_body(*TEXTS, Part(b"reference", a_picture(), b""), FILES[1])
    assert_problem(_post(party, body), 400, "file_expected")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"no boundary at all",
        b"--b\r\n\r\n--b--\r\n",
        a_body(*TEXTS, *FILES)[:700],
        a_body(*TEXTS, Part(b"live", b"\xff" * 9, b"x", b"Content-Transfer-Encoding: base64\r\n")),
        a_body(Part(b"x" * 5_000, b"", b"y", b"Content-Type: " + b"z" * 5_000 + b"\r\n")),
    ],
    ids=["empty", "cut", "no boundary", "nameless", "truncated", "bad base64", "long headers"],
)
def test_a_broken_body_is_a_problem_of_the_sender(party: RelyingParty, body: bytes) -> None:
    response = _post(party, body)
    assert_problem(response, 400, response.json()["code"])
    assert not Case.objects.exists()


def test_a_body_without_a_boundary_is_malformed(party: RelyingParty) -> None:
    assert_problem(_post(party, a_body(*TEXTS, *FILES), "multipart/form-data"), 400, "malformed_request")


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", "?"])
def test_another_media_type_is_not_accepted(party: RelyingParty, content_type: str) -> None:
    assert_problem(_post(party, b"{}", content_type), 415, "media_type_not_accepted")


def test_a_chunked_body_is_asked_for_its_length(party: RelyingParty) -> None:
    environment: dict[str, Any] = {"CONTENT_TYPE": MULTIPART, "HTTP_TRANSFER_ENCODING": "chunked"}
    response = party.send("POST", CASES, headers=HEADERS, **environment)
    assert_problem(response, 411, "length_required")


def test_files_sent_to_a_page_that_takes_none_are_dropped(client: Any, db: None) -> None:
    """Otherwise anybody could fill the memory of the web process through the sign-in page."""
    body = Streamed(*[6 * MB] * 5)
    tracemalloc.start()
    try:
        client.generic(
            "POST",
            "/login",
            **{"wsgi.input": body, "CONTENT_LENGTH": str(body.length), "CONTENT_TYPE": MULTIPART},
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert body.was_read > 0
    assert peak < 10 * MB
