"""What the checks of one case cost. Run `python -m tests.benchmarks.checks`; the suite does not collect this file.

One case is a reference and one live image of 1280 × 720. All ratios are taken in one run on the same photographs, in
turns, so that a busy machine slows every side alike. `face_recognition` (dlib) is measured where it is installed; it is
needed for nothing else. In a scratch environment: `pip install dlib-bin "setuptools<81"`, then
`pip install --no-deps face_recognition face_recognition_models`; lay those packages on `PYTHONPATH`.
"""

from __future__ import annotations

import importlib
import os
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import django
import numpy as np

from tests.checks.photographs import astronaut, jpeg, later_picture_of
from verification.checks.engines.bundle import Engines, load_engines
from verification.checks.engines.decoding import decode
from verification.checks.engines.fused import FusedEmbedder
from verification.checks.engines.geometry import aligned
from verification.checks.engines.sessions import Session
from verification.checks.engines.shapes import Pixels
from verification.checks.run import run_checks
from verification.policy.thresholds import POLICY

ROUNDS = int(os.environ.get("ROUNDS", "40"))
BUDGET, PEAK_MB, TIMES_FASTER = 1.3, 700, 6


def on_a_wide_canvas(pixels: Pixels) -> Pixels:
    """1280 × 720, with the photograph as large as it fits and its own blurred enlargement around it."""
    scale = 720 / pixels.shape[0]
    inner = cv2.resize(pixels, None, fx=scale, fy=scale)
    canvas = cv2.GaussianBlur(cv2.resize(pixels, (1280, 720)), (0, 0), 25)
    left = (1280 - inner.shape[1]) // 2
    canvas[:, left : left + inner.shape[1]] = inner[:720]
    return np.asarray(canvas, np.uint8)


REFERENCE = jpeg(on_a_wide_canvas(astronaut()))
LIVE = jpeg(on_a_wide_canvas(later_picture_of(astronaut())))


def bare(engines: Engines) -> Callable[[], None]:
    """Decoding both images and running each network on ready-made input: nothing that could be left out."""
    images = [engines.examine("reference", REFERENCE), engines.examine("live-0", LIVE)]
    faces = [aligned(image.pixels, image.face.points) for image in images if image.face]
    small = [cv2.resize(image.pixels, (640, 360), interpolation=cv2.INTER_AREA) for image in images]
    embedder: Any = engines.embedder
    assert isinstance(embedder, FusedEmbedder)
    first, second = embedder._first._network, embedder._second._network
    liveness: Session = engines.liveness._session
    landmarks: Session = engines.landmarks._session
    view = np.zeros((1, 3, 128, 128), np.float32)
    grey = np.zeros((1, 1, 64, 64), np.float32)
    blobs = [
        (cv2.dnn.blobFromImage(face, swapRB=True), cv2.dnn.blobFromImage(face, 1 / 128, mean=(127,) * 3))
        for face in faces
    ]

    def once() -> None:
        for data, picture, (one, other) in zip((REFERENCE, LIVE), small, blobs, strict=True):
            decode(data)
            engines.detector._network.setInputSize((640, 360))
            engines.detector._network.detect(picture)
            for network, blob in ((first, one), (second, other)):
                network.setInput(blob)
                network.forward()
            landmarks.run(grey)
        liveness.run(view)

    return once


def with_dlib() -> Callable[[], None] | None:
    """The same pair through `face_recognition`: load, find, embed, compare."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            library = importlib.import_module("face_recognition")
        except (ImportError, SystemExit):
            return None

    def once() -> None:
        one, other = (np.ascontiguousarray(decode(data)[:, :, ::-1]) for data in (REFERENCE, LIVE))
        encodings = [library.face_encodings(pixels)[0] for pixels in (one, other)]
        library.compare_faces([encodings[0]], encodings[1])

    return once


def medians(sides: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median milliseconds of each side, taken in turns."""
    seen: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            began = time.perf_counter()
            side()
            seen[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(times) for name, times in seen.items()}


def main() -> int:
    """Print the figures and say which limits hold; the exit status is the number of broken ones."""
    from django.conf import settings

    engines = load_engines(Path(settings.MODELS_DIR))
    sides: dict[str, Callable[[], object]] = {
        "checks of one case": lambda: run_checks(REFERENCE, [LIVE], engines, POLICY.bands),
        "decoding and bare inference": bare(engines),
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    dlib = with_dlib()
    if dlib:
        sides["face_recognition, the match alone"] = dlib
    found = medians(sides)
    for name, value in found.items():
        print(f"{name:<36} {value:8.1f} ms")
    case, least = found["checks of one case"], found["decoding and bare inference"]
    limits = [_limit(f"checks / bare = {case / least:.2f}, at most {BUDGET}", case / least <= BUDGET)]
    if not dlib:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print("face_recognition is not installed: not measured")
    else:
        times = found["face_recognition, the match alone"] / case
        limits.append(
            _limit(f"face_recognition / checks = {times:.1f}, at least {TIMES_FASTER}", times >= TIMES_FASTER)
        )
    limits.append(_limit(f"peak memory {peak:.0f} MB, at most {PEAK_MB}", peak <= PEAK_MB))
    return limits.count(False)


def _limit(said: str, kept: bool) -> bool:
    print(f"{'kept  ' if kept else 'BROKEN'}  {said}")
    return kept


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")
    django.setup()
    sys.exit(main())
