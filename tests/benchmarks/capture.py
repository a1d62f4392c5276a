"""What the checks of one captured clip cost. Run `python -m tests.benchmarks.capture`; the suite does not collect it.

Seven seconds of 640 × 480, fifteen frames a second, without sound. Both sides are measured in turns in one run, so that
a busy machine slows them alike. The bare side decodes every frame once and runs each network as often as the checks
need an answer of it, on ready-made input; frames that the checks decode and search again are their own cost.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import django
import numpy as np

from tests.checks.moving_clips import answering, asked
from tests.checks.photographs import astronaut, jpeg, later_picture_of
from verification.checks.capture import run_capture_checks
from verification.checks.clips import Clip
from verification.checks.engines.bundle import Engines, load_engines
from verification.checks.engines.decoding import decode
from verification.checks.engines.fused import FusedEmbedder
from verification.checks.engines.tracking import LONGEST_SIDE, track_of
from verification.checks.same_person import moments_to_compare
from verification.policy.thresholds import CAPTURE

ROUNDS = int(os.environ.get("ROUNDS", "8"))
BUDGET, PEAK_MB = 1.4, 800
REFERENCE = jpeg(later_picture_of(astronaut()))


def bare(engines: Engines, clip: Clip) -> Callable[[], None]:
    """Decoding, and every network as often as it is needed."""
    track = track_of(clip, engines)
    faces = len(track.seen)
    asked_live = sum(face.live is not None for _, face in track.seen)
    compared = len(moments_to_compare(track)) + 2
    size = (LONGEST_SIDE, LONGEST_SIDE * 480 // 640)
    small = cv2.resize(decode(clip.frames[0]), size, interpolation=cv2.INTER_AREA)
    reference = decode(REFERENCE)
    embedder: Any = engines.embedder
    assert isinstance(embedder, FusedEmbedder)
    blob = np.zeros((1, 3, 112, 112), np.float32)
    times: tuple[tuple[int, Any, Any], ...] = (
        (faces + 1, engines.landmarks._session, np.zeros((1, 1, 64, 64), np.float32)),
        (faces * 2, engines.eyes._session, np.zeros((1, 1, 24, 24), np.float32)),
        (asked_live, engines.liveness._session, np.zeros((1, 3, 128, 128), np.float32)),
    )

    def once() -> None:
        engines.detector._network.setInputSize(size)
        for data in clip.frames:
            decode(data)
            engines.detector._network.detect(small)
        decode(REFERENCE)
        engines.detector._network.setInputSize(reference.shape[1::-1])
        engines.detector._network.detect(reference)
        for count, session, array in times:
            for _ in range(count):
                session.run(array)
        for network in (embedder._first._network, embedder._second._network):
            for _ in range(compared):
                network.setInput(blob)
                network.forward()

    return once


def medians(sides: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median milliseconds of each side, taken in turns."""
    seen: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            began = time.process_time()
            side()
            seen[name].append((time.process_time() - began) * 1000)
    return {name: statistics.median(times) for name, times in seen.items()}


def main() -> int:
    """Print the figures and say which limits hold; the exit status is the number of broken ones."""
    from django.conf import settings

    engines = load_engines(Path(settings.MODELS_DIR))
    clip = answering(engines)
    found = medians(
        {
            "checks of one clip": lambda: run_capture_checks(REFERENCE, clip, asked(), engines, CAPTURE.bands),
            "decoding and bare inference": bare(engines, clip),
        }
    )
    for name, value in found.items():
        print(f"{name:<36} {value:8.1f} ms of processor")
    ratio = found["checks of one clip"] / found["decoding and bare inference"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    limits = [
        _limit(f"checks / bare = {ratio:.2f}, at most {BUDGET}", ratio <= BUDGET),
        _limit(f"peak memory {peak:.0f} MB, at most {PEAK_MB}", peak <= PEAK_MB),
    ]
    return limits.count(False)


def _limit(said: str, kept: bool) -> bool:
    print(f"{'kept  ' if kept else 'BROKEN'}  {said}")
    return kept


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")
    django.setup()
    sys.exit(main())
