"""The cage around the clip decoder: what the child may not do, and what happens when it dies, hangs or lies."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from errno import EFBIG, EMFILE
from pathlib import Path

import pytest

from tests.intake.clip_files import clip, picture, refusal
from verification.checks.clips import Clip
from verification.intake import images
from verification.intake.clip_decoder_process import (
    PROGRAM,
    ClipDecoderLimits,
    ClipDecoderProcess,
    Ended,
    Shown,
)
from verification.intake.video import normalise_clip

# The real program, except that the clip is answered by what the test says.
MISBEHAVING = f"""
import importlib.util, json, os, signal, socket, sys, threading, time
spec = importlib.util.spec_from_file_location("clip_decoder", {str(PROGRAM)!r})
child = importlib.util.module_from_spec(spec)
sys.modules["clip_decoder"] = child
spec.loader.exec_module(child)
file = os.open(__file__ + ".out", os.O_WRONLY | os.O_CREAT)
def attempt(action):
    try:
        action()
    except OSError as problem:
        return problem.errno
    return 0
def frame(time_ms=0, width=64, height=64, turn=0):
    numbers = ((time_ms, 4), (width, 2), (height, 2), (turn, 2))
    return b"v" + b"".join(n.to_bytes(size, "big") for n, size in numbers) + bytes(width * height * 3)
def part(kind, body):
    return kind + len(body).to_bytes(4, "big") + body
def facts(**changes):
    said = dict(video_codec="vp8", audio_codec="", width=64, height=64, sizes=1, frames_total=1, keyframes=1,
        duration_ms=0, video_ms=0, longest_gap_ms=0, gap_spread_us=0, gap_kinds=0, backwards=0, frozen_frames=0,
        longest_freeze_ms=0, repeated_frames=0, audio_starts_ms=0)
    return part(b"k", json.dumps({{**said, **changes}}).encode())
def answer(data, limits, send):
    BEHAVIOUR
child.answer = answer
child.main(sys.argv[1:])
"""

HONEST_END = 'send(frame() + part(b"a", b"") + facts())'


PLAIN = clip(times_ms=(0, 40, 80))


def a_child(folder: Path, behaviour: str) -> Path:
    program = folder / "misbehaving.py"
    program.write_text(MISBEHAVING.replace("BEHAVIOUR", behaviour))
    return program


def refused(folder: Path, behaviour: str, **limits: float) -> str:
    chosen = ClipDecoderLimits(**limits)  # type: ignore[arg-type] # seconds, whole where they must be
    return refusal(PLAIN, program=a_child(folder, behaviour), limits=chosen)


def errno_of(folder: Path, action: str) -> int:
    """What the system answers to something that a child behind the lock tries."""
    program = a_child(folder, f'send(part(b"a", bytes(2 * attempt(lambda: {action}))) + part(b"k", b"1"))')
    with ClipDecoderProcess(ClipDecoderLimits(), program) as child:
        (ended,) = child.decode(PLAIN)
    assert isinstance(ended, Ended)
    return len(ended.audio) // 2


def test_the_stand_in_can_answer_honestly(tmp_path: Path) -> None:
    """Else every test of a lie below would pass for the wrong reason."""
    assert isinstance(normalise_clip(PLAIN, program=a_child(tmp_path, HONEST_END)), Clip)


def test_a_child_that_dies_hangs_or_spins_costs_the_clip(tmp_path: Path) -> None:
    assert refused(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)") == "clip_decoder_failed"
    assert refused(tmp_path, "time.sleep(60)", wall_seconds=1.5) == "clip_decoding_timed_out"
    assert refused(tmp_path, "while True: pass", cpu_seconds=1) == "clip_decoder_failed"


def test_a_program_that_cannot_start_refuses_the_clip(tmp_path: Path) -> None:
    assert refusal(PLAIN, program=tmp_path / "missing.py") == "clip_decoder_failed"


LIES = {
    "an unknown status": 'send(b"?")',
    "a frame larger than allowed": "send(frame(width=1281))",
    "a frame without pixels": "send(frame(width=0))",
    "half a frame": "send(frame()[:500]); os._exit(0)",
    "frames without end": "[send(frame(index)) for index in range(300)]; send(part(b'a', b'') + facts())",
    "times that go back": 'send(frame(9) + frame(8) + part(b"a", b"") + facts())',
    "times beyond the end": 'send(frame(15001) + part(b"a", b"") + facts())',
    "no frames": 'send(part(b"a", b"") + facts())',
    "more sound than fits": 'send(frame() + b"a" + (1 << 31).to_bytes(4, "big"))',
    "half a sample of sound": 'send(frame() + part(b"a", b"x") + facts())',
    "facts that are no JSON": 'send(frame() + part(b"a", b"") + part(b"k", b"{"))',
    "facts nested without end": 'send(frame() + part(b"a", b"") + part(b"k", b"[" * 60000))',
    "facts that are a list": 'send(frame() + part(b"a", b"") + part(b"k", b"[]"))',
    "facts without end": 'send(frame() + part(b"a", b"") + b"k" + (1 << 20).to_bytes(4, "big"))',
    "a fact too many": 'send(frame() + part(b"a", b"") + facts(name="x"))',
    "a fact of another type": 'send(frame() + part(b"a", b"") + facts(width="64"))',
    "a negative fact": 'send(frame() + part(b"a", b"") + facts(width=-1))',
    "sound before pictures end": 'send(part(b"a", b"") + frame() + facts())',
}


@pytest.mark.parametrize("lie", LIES)
def test_a_child_that_lies_is_not_believed(tmp_path: Path, lie: str) -> None:
    assert refused(tmp_path, LIES[lie]) == "clip_decoder_failed"


def test_what_the_walk_found_is_not_the_childs_to_say(tmp_path: Path) -> None:
    lying = 'send(frame() + part(b"a", b"") + facts(written_by="chromium", container="mp4", has_encoder_mark=False))'
    result = normalise_clip(PLAIN, program=a_child(tmp_path, lying))

    assert isinstance(result, Clip)
    assert (result.facts.written_by, result.facts.container) == ("ffmpeg", "webm")


@pytest.mark.parametrize(
    ("turn", "size"), [(0, (96, 64)), (90, (64, 96)), (180, (96, 64)), (270, (64, 96)), (7, (96, 64))]
)
def test_frames_are_turned_upright(tmp_path: Path, turn: int, size: tuple[int, int]) -> None:
    turned = f'send(frame(0, 96, 64, {turn}) + part(b"a", b"") + facts())'
    result = normalise_clip(PLAIN, program=a_child(tmp_path, turned))

    assert isinstance(result, Clip)
    assert picture(result.frames[0]).size == size


def test_the_child_can_open_write_and_reach_nothing(tmp_path: Path) -> None:
    assert errno_of(tmp_path, 'os.open("/proc/self/status", os.O_RDONLY)') == EMFILE
    assert errno_of(tmp_path, "socket.socket(socket.AF_INET)") == EMFILE
    assert errno_of(tmp_path, 'os.write(file, b"x")') == EFBIG
    assert (tmp_path / "misbehaving.py.out").stat().st_size == 0


@pytest.fixture(params=[{}, {"video": "libsvtav1"}, {"container": "mp4", "video": "libx264", "audio": "aac"}])
def decoding(request: pytest.FixtureRequest) -> Iterator[ClipDecoderProcess]:
    """A real child in the middle of a clip."""
    with ClipDecoderProcess(ClipDecoderLimits()) as child:
        messages = child.decode(clip(width=640, height=480, times_ms=tuple(range(0, 1000, 40)), **request.param))
        assert isinstance(next(messages), Shown)
        yield child


def test_making_a_clip_leaves_the_tests_no_more_pressing_than_before() -> None:
    policy = os.sched_getscheduler(0)
    clip(video="libsvtav1")
    assert os.sched_getscheduler(0) == policy


def test_a_child_at_work_is_one_thread_with_one_descriptor_and_no_rights(decoding: ClipDecoderProcess) -> None:
    process = Path(f"/proc/{decoding.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    open_files = {link.name: str(link.readlink()) for link in (process / "fd").iterdir()}

    assert status["Threads"].strip() == "1"
    assert status["NoNewPrivs"].strip() == "1"
    assert set(open_files) == {"0", "1", "2"}
    assert open_files["0"].startswith("socket:")
    assert open_files["1"] == open_files["2"] == "/dev/null"


def test_a_child_at_work_is_held_to_every_limit(decoding: ClipDecoderProcess) -> None:
    lines = Path(f"/proc/{decoding.pid}/limits").read_text().splitlines()[1:]
    limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}

    assert limits["Max address space"] == [str(512 << 20)] * 2
    assert limits["Max cpu time"] == ["30", "30"]
    for name in ("Max file size", "Max core file size", "Max open files", "Max processes"):
        assert limits[name] == ["0", "0"], name


def test_leaving_kills_and_reaps_a_child_at_work() -> None:
    with ClipDecoderProcess(ClipDecoderLimits()) as child:
        next(child.decode(PLAIN))
        pid = child.pid

    assert not Path(f"/proc/{pid}").exists()


def test_a_clip_waits_for_a_place_and_is_told_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(images, "WAIT_SECONDS", 0.05)

    with images.place_for_a_child(), pytest.raises(images.DecodersBusyError):
        normalise_clip(PLAIN)
    assert isinstance(normalise_clip(PLAIN), Clip)
