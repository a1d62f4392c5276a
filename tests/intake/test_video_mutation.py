"""Valid clips, damaged at random: each ends as a clip or as a refusal with a known code, and nothing stays behind.

Ten thousand of them run in `tests/faults/fuzz_clips.py`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.clip_damage import damaged
from tests.intake.clip_files import picture
from verification.checks.clips import Clip, pack, unpack
from verification.intake.clip_refusals import SENTENCES, ClipRefusal
from verification.intake.video import RefusedClip, normalise_clip

DAMAGED = 300


def _children() -> list[str]:
    return [pid for listing in Path("/proc/self/task").glob("*/children") for pid in listing.read_text().split()]


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _is_an_answer(result: Clip | RefusedClip) -> bool:
    if isinstance(result, RefusedClip):
        return result.sentence == SENTENCES[result.code]
    return unpack(pack(result)) == result and all(max(picture(frame).size) <= 1280 for frame in result.frames)


def test_every_damaged_clip_gets_an_answer_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before, descriptors = _children(), _descriptors()
    results = [normalise_clip(damaged(number)) for number in range(DAMAGED)]

    assert all(_is_an_answer(result) for result in results)
    assert _children() == before
    assert _descriptors() == descriptors
    assert list(tmp_path.iterdir()) == []


def test_the_damage_reaches_the_walk_and_the_decoder_and_spares_some() -> None:
    """Else the test above would try little: about a third of the damaged clips reach the child."""
    results = [normalise_clip(damaged(number)) for number in range(40)]
    codes = {result.code for result in results if isinstance(result, RefusedClip)}

    assert {ClipRefusal.TRUNCATED, ClipRefusal.CORRUPT} <= codes
    assert any(isinstance(result, Clip) for result in results)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\x1a\x45\xdf\xa3", b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00iso5"]),
)
def test_arbitrary_bytes_get_an_answer(noise: bytes, start: bytes) -> None:
    assert _is_an_answer(normalise_clip(start + noise))
