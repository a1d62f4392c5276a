"""Ten thousand damaged clips through the whole intake: `python3 -m tests.faults.fuzz_clips [COUNT] [FIRST]`.

Prints how each ended, the slowest answers, and whether anything was left behind: a child process, an open descriptor, a
file in a temporary directory of its own. Stops with an error when an answer is neither a clip nor a refusal with a
sentence. A clip that ended its child without an answer is counted as `clip_decoder_failed`, and its number is printed:
the same number makes the same clip again.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.intake.clip_damage import damaged, seeds
from verification.checks.clips import Clip, pack, unpack
from verification.intake.clip_refusals import SENTENCES
from verification.intake.video import normalise_clip


def outcome(number: int) -> str:
    """How one damaged clip ended; raises when it ended in no proper way."""
    result = normalise_clip(damaged(number))
    if isinstance(result, Clip):
        assert unpack(pack(result)) == result
        return "taken"
    assert result.sentence == SENTENCES[result.code]
    return result.code.value


def left_behind() -> tuple[int, int, int]:
    """Children, open descriptors, files in the temporary directory."""
    children = Path("/proc/self/task").glob("*/children")
    here = sum(len(listing.read_text().split()) for listing in children)
    return here, len(list(Path("/proc/self/fd").iterdir())), len(list(Path(tempfile.gettempdir()).iterdir()))


def main(count: int = 10_000, first: int = 0) -> None:
    seeds()
    tempfile.tempdir = tempfile.mkdtemp()
    before, began = left_behind(), time.monotonic()
    ends: Counter[str] = Counter()
    slowest: list[tuple[float, int, str]] = []
    for number in range(first, first + count):
        start = time.monotonic()
        end = outcome(number)
        ends[end] += 1
        slowest = sorted([*slowest, (time.monotonic() - start, number, end)], reverse=True)[:5]
        if end in {"clip_decoder_failed", "clip_decoding_timed_out"}:
            print(f"{number}: {end}", flush=True)
    print(f"{count} clips in {time.monotonic() - began:.0f} s")
    for end, times in ends.most_common():
        print(f"  {times:6}  {end}")
    for seconds, number, end in slowest:
        print(f"  {seconds:.2f} s: number {number}, {end}")
    print("children, descriptors, temporary files before", before, "and after", left_behind())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
