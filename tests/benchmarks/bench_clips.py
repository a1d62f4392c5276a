"""Clips through intake: `python3 -m tests.benchmarks.bench_clips`.

Prints medians for a clip as a capture page sends it (7 s, 640 x 480, 30 a second, VP8 and Opus) and for the largest
that is accepted (15 s, 1280 x 1280), with grain like a camera's: seconds in all, seconds until the child has answered
(frames thrown away), processor seconds of the child, its largest memory, and the size of the bundle.
"""

from __future__ import annotations

import resource
import statistics
import time
from pathlib import Path

from PIL import Image

from tests.intake import clip_files
from verification.checks.clips import pack
from verification.intake.clip_decoder_process import ClipDecoderLimits, ClipDecoderProcess
from verification.intake.video import normalise_clip

ROUNDS = 5


def grainy(width: int, height: int, number: int) -> Image.Image:
    """The drawing of the tests under noise of a standard deviation of about 6 of 255."""
    plain = _drawing(width, height, number)
    grain = Image.effect_noise((width, height), 12).convert("RGB")
    return Image.blend(plain, grain, 0.5)


_drawing = clip_files.drawing


def child_alone(data: bytes) -> tuple[float, float, int]:
    """Seconds, processor seconds and peak memory (kB) of a child whose frames nobody encodes."""
    used, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with ClipDecoderProcess(ClipDecoderLimits()) as child:
        for _ in child.decode(data):
            pass
        seconds = time.monotonic() - start
        status = Path(f"/proc/{child.pid}/status").read_text()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    peak = int(status.split("VmHWM:")[1].split()[0]) if "VmHWM:" in status else after.ru_maxrss
    return seconds, processor, peak


def measure(name: str, data: bytes, rounds: int = ROUNDS) -> None:
    whole: list[float] = []
    alone: list[tuple[float, float, int]] = []
    result = clip_files.normalised(data)
    for _ in range(rounds):
        start = time.monotonic()
        normalise_clip(data)
        whole.append(time.monotonic() - start)
        alone.append(child_alone(data))
    seconds, processor, peak = (statistics.median(column) for column in zip(*alone, strict=True))
    print(f"{name}: {len(data):,} bytes, {result.facts.frames_total} frames, {len(result.frames)} sampled")
    print(f"  in all {statistics.median(whole):.2f} s; child {seconds:.2f} s, processor {processor:.2f} s, {peak:,} kB")
    print(f"  bundle {len(pack(result)):,} bytes")


def main() -> None:
    setattr(clip_files, "drawing", grainy)  # noqa: B010 - mypy does not let a plain assignment replace a function
    usual = clip_files.clip(width=640, height=480, times_ms=tuple(number * 1000 // 30 for number in range(210)))
    measure("7 s, 640 x 480", usual)
    most = tuple(number * 1000 // 30 for number in range(450))
    measure("15 s, 1280 x 1280", clip_files.clip(width=1280, height=1280, times_ms=most), rounds=1)


if __name__ == "__main__":
    main()
