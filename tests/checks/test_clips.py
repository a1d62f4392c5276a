"""The bundle in which a clip is sealed: what was packed comes back, and any other bytes are refused in one way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.checks.clips import (
    MAGIC,
    MAX_AUDIO_BYTES,
    MAX_MS,
    MAX_SAMPLES,
    BadBundle,
    Clip,
    ClipFacts,
    Writer,
    facts_from,
    pack,
    unpack,
)

NUMBERS = {
    "width": 640,
    "height": 480,
    "sizes": 1,
    "frames_total": 4,
    "keyframes": 1,
    "duration_ms": 220,
    "video_ms": 200,
    "stated_ms": 0,
    "longest_gap_ms": 67,
    "gap_spread_us": 500,
    "gap_kinds": 2,
    "backwards": 0,
    "frozen_frames": 0,
    "longest_freeze_ms": 0,
    "repeated_frames": 0,
    "audio_starts_ms": 0,
}
WORDS = {"container": "webm", "video_codec": "vp8", "audio_codec": "opus", "encoder_tag_digest": "0123456789abcdef"}
FLAGS = {"has_encoder_mark": False, "has_device_tags": False}
FACTS: dict[str, Any] = {**NUMBERS, **WORDS, **FLAGS, "written_by": "chromium"}
FRAME = b"\xff\xd8\xff\xe0 some pixels \xff\xd9"
CLIP = Clip((FRAME, FRAME + FRAME), (0, 67), b"\1\2" * 50, facts_from(FACTS), (0, (1 << 64) - 1))


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    size = int.from_bytes(data[5:9], "big")
    return json.loads(data[9 : 9 + size]), data[9 + size :]


def with_header(change: dict[str, Any]) -> bytes:
    header, blobs = header_of(pack(CLIP))
    text = json.dumps({**header, **change}).encode()
    return MAGIC + len(text).to_bytes(4, "big") + text + blobs


def test_what_is_packed_comes_back() -> None:
    assert unpack(pack(CLIP)) == CLIP
    assert unpack(pack(replace(CLIP, audio=b""))).audio == b""
    assert isinstance(unpack(pack(CLIP)).facts.written_by, Writer)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.binary(max_size=40), min_size=1, max_size=MAX_SAMPLES),
    st.binary(max_size=99).map(lambda half: half + half),
    st.integers(0, (1 << 64) - 1),
)
def test_every_clip_comes_back(bodies: list[bytes], audio: bytes, digest: int) -> None:
    frames = tuple(b"\xff\xd8\xff" + body + b"\xff\xd9" for body in bodies)
    clip = Clip(frames, tuple(range(len(frames))), audio, CLIP.facts, (digest,) * len(frames))

    assert unpack(pack(clip)) == clip


def test_the_facts_that_follow_from_others() -> None:
    assert CLIP.facts.frames_per_second == 15.0
    assert CLIP.facts.monotonic
    assert not replace(CLIP.facts, backwards=1).monotonic
    assert replace(CLIP.facts, frames_total=1, video_ms=0).frames_per_second == 0.0


BROKEN: dict[str, dict[str, Any]] = {
    "no frames": {"frames": (), "times_ms": (), "digests": ()},
    "too many frames": {
        "frames": (FRAME,) * (MAX_SAMPLES + 1),
        "times_ms": tuple(range(MAX_SAMPLES + 1)),
        "digests": (0,) * (MAX_SAMPLES + 1),
    },
    "a time too few": {"times_ms": (0,)},
    "a digest too many": {"digests": (0, 0, 0)},
    "a frame that is no JPEG": {"frames": (FRAME, b"\x89PNG")},
    "a JPEG without its end": {"frames": (FRAME, FRAME[:-1])},
    "a time before zero": {"times_ms": (-1, 5)},
    "a time beyond the end": {"times_ms": (0, MAX_MS + 1)},
    "equal times": {"times_ms": (5, 5)},
    "times that go back": {"times_ms": (5, 4)},
    "a digest of 65 bits": {"digests": (0, 1 << 64)},
    "half a sample": {"audio": b"x"},
    "too much sound": {"audio": bytes(MAX_AUDIO_BYTES + 2)},
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_clip_breaks_a_promise(name: str) -> None:
    with pytest.raises(BadBundle):
        replace(CLIP, **BROKEN[name])


def test_frames_that_together_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.checks.clips.MAX_FRAME_BYTES", 3 * len(FRAME) - 1)

    with pytest.raises(BadBundle, match="size of the frames"):
        replace(CLIP)


HEADERS: dict[str, dict[str, Any]] = {
    "a name too many": {"more": 1},
    "lengths that are too long": {"frames": [len(FRAME), 1 << 40]},
    "a length below zero": {"frames": [len(FRAME), -1]},
    "lengths that leave something over": {"audio": 98},
    "a length that is true": {"audio": True},
    "times as words": {"times_ms": ["0", "67"]},
    "times as one word": {"times_ms": "0"},
    "times as a number": {"times_ms": 0},
    "a fraction of a time": {"times_ms": [0, 66.7]},
    "very many times": {"times_ms": list(range(MAX_SAMPLES + 1))},
    "no facts": {"facts": None},
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_says_something_else_is_refused(name: str) -> None:
    with pytest.raises(BadBundle):
        unpack(with_header(HEADERS[name]))


def test_a_header_that_is_rewritten_unchanged_is_read() -> None:
    """Else the test above could pass for the wrong reason."""
    assert unpack(with_header({})) == CLIP


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 50_000, b'{"facts":' * 5_000, b"1" * 5_000, b"NaN"]
)
def test_a_header_that_is_no_header_is_refused(text: bytes) -> None:
    with pytest.raises(BadBundle):
        unpack(MAGIC + len(text).to_bytes(4, "big") + text)


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_is_needed_and_has_its_type(name: str) -> None:
    wrongs: tuple[object, ...] = (None, [], {}, 1.5, -1, 1 << 31, "x" * 65, "é")
    for wrong in wrongs:
        with pytest.raises(BadBundle):
            facts_from({**FACTS, name: wrong})
    with pytest.raises(BadBundle):
        facts_from({key: value for key, value in FACTS.items() if key != name})


def test_flags_are_not_numbers_nor_numbers_flags() -> None:
    for name, wrong in (("has_device_tags", 1), ("width", True), ("written_by", "somebody"), ("container", 5)):
        with pytest.raises(BadBundle):
            facts_from({**FACTS, name: wrong})


def test_an_unknown_fact_is_refused() -> None:
    with pytest.raises(BadBundle):
        facts_from({**FACTS, "name": "x"})
    assert isinstance(facts_from(FACTS), ClipFacts)


def test_every_cut_is_refused() -> None:
    data = pack(CLIP)

    for end in range(len(data)):
        with pytest.raises(BadBundle):
            unpack(data[:end])
    with pytest.raises(BadBundle):
        unpack(data + b"x")


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_changed_bytes_give_a_clip_or_a_refusal(data: st.DataObject) -> None:
    changed = bytearray(pack(CLIP))
    for place in data.draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=5)):
        changed[place] = data.draw(st.integers(0, 255))
    try:
        clip = unpack(bytes(changed))
    except BadBundle:
        return
    assert unpack(pack(clip)) == clip


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", MAGIC, MAGIC + b"\0\0\0\x10"]))
def test_arbitrary_bytes_give_a_clip_or_a_refusal(noise: bytes, start: bytes) -> None:
    with pytest.raises(BadBundle):
        unpack(start + noise)
