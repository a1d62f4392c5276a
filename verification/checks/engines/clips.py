"""Frames of labelled video files, and clips made of pictures. For evaluation and tests only.

The worker never opens a video file: what it gets was taken apart by intake (`verification.checks.clips`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np

from verification.checks.clips import MAX_MS, MAX_SIDE, SAMPLES_PER_SECOND, Clip, ClipFacts, Writer

from .shapes import Pixels

PER_SECOND, AT_MOST = 2, 30
USUAL_RATE = 25.0
JPEG_QUALITY = 92
FRAME_MS = 1000 / SAMPLES_PER_SECOND


def frames(path: Path) -> Iterator[Pixels]:
    """Two frames a second, thirty at most, in the order of the clip. None for a file that is not a video."""
    return (pixels for _, pixels in islice(_frames(path, PER_SECOND), AT_MOST))


def clip_of(path: Path) -> Clip | None:
    """A labelled file as intake would hand it over, without sound; None where no frame can be read.

    Whoever wrote these files was no browser, so the facts say nothing of containers and encoders.
    """
    taken = [(at, _at_most(pixels)) for at, pixels in _frames(path, SAMPLES_PER_SECOND) if at <= MAX_MS]
    return clip_from([pixels for _, pixels in taken], [at for at, _ in taken]) if taken else None


def clip_from(pictures: Iterable[Pixels], times_ms: Iterable[int] = (), audio: bytes = b"") -> Clip:
    """Pictures as one clip, fifteen a second unless times are given; the facts are those of a browser's recording."""
    data = tuple(_jpeg(picture) for picture in pictures)
    times = tuple(times_ms) or tuple(round(number * FRAME_MS) for number in range(len(data)))
    pixels = cv2.imdecode(np.frombuffer(data[0], np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return Clip(data, times, audio, _facts(data, times, pixels.shape, bool(audio)), tuple(map(difference_hash, data)))


def difference_hash(data: bytes) -> int:
    """64 bits of a JPEG: on 9 × 8 cells, whether each is brighter than its right neighbour."""
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    cells = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    bits = (cells[:, :-1] > cells[:, 1:]).ravel()
    return sum(int(bit) << place for place, bit in enumerate(bits))


def _frames(path: Path, per_second: int) -> Iterator[tuple[int, Pixels]]:
    """Time in ms and pixels of so many frames a second."""
    clip = cv2.VideoCapture(str(path))
    try:
        rate = clip.get(cv2.CAP_PROP_FPS)
        rate = rate if 0 < rate < 1000 else USUAL_RATE
        taken = -1
        # The number of frames that a file declares can be nonsense, so the clip is simply read to its end.
        for number in range(round(rate * MAX_MS / 1000) + 1):
            if not clip.grab():
                return
            if int(number * per_second / rate) > taken:
                taken = int(number * per_second / rate)
                yield round(number * 1000 / rate), np.asarray(clip.retrieve()[1], np.uint8)
    finally:
        clip.release()


def _at_most(pixels: Pixels) -> Pixels:
    scale = min(1.0, MAX_SIDE / max(pixels.shape[:2]))
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _jpeg(pixels: Pixels) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111]
    return bytes(cv2.imencode(".jpg", pixels, options)[1].tobytes())


def _facts(data: tuple[bytes, ...], times: tuple[int, ...], shape: tuple[int, ...], sound: bool) -> ClipFacts:
    gaps = [later - earlier for earlier, later in pairwise(times)]
    frozen = [one == other for one, other in pairwise(data)]
    changed = [one for one, same in zip(data[1:], frozen, strict=True) if not same]
    return ClipFacts(
        container="webm",
        video_codec="vp8",
        audio_codec="opus" if sound else "",
        width=shape[1],
        height=shape[0],
        sizes=1,
        frames_total=len(data),
        keyframes=1,
        duration_ms=times[-1],
        video_ms=times[-1] - times[0],
        stated_ms=0,
        longest_gap_ms=max(gaps, default=0),
        gap_spread_us=4000,
        gap_kinds=9,
        backwards=0,
        frozen_frames=sum(frozen),
        longest_freeze_ms=_longest_freeze(times, frozen),
        repeated_frames=max(0, len(changed) - len(set(changed) - {data[0]})) if changed else 0,
        audio_starts_ms=0,
        written_by=Writer.CHROMIUM,
        encoder_tag_digest="",
        has_encoder_mark=False,
        has_device_tags=False,
    )


def _longest_freeze(times: tuple[int, ...], frozen: list[bool]) -> int:
    longest, began = 0, times[0]
    for at, same in zip(times[1:], frozen, strict=True):
        began = began if same else at
        longest = max(longest, at - began)
    return longest
