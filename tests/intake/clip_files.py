"""Clips made on the spot, of known size, length and content: no recording of a person is needed to try a decoder."""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
from PIL import Image, ImageDraw

from verification.checks.clips import Clip
from verification.intake.video import RefusedClip, normalise_clip

MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True)
class Recipe:
    """One clip: its container, codecs, size, and when each frame is shown."""

    container: str = "webm"
    video: str | None = "libvpx"
    audio: str | None = "libopus"
    width: int = 160
    height: int = 96
    times_ms: tuple[int, ...] = tuple(range(0, 2000, 40))
    # Which drawing each frame shows; frames of one number are equal in every pixel. None: each its own.
    shows: tuple[int, ...] | None = None
    audio_ms: int | None = None
    live: bool = True
    videos: int = 1
    audios: int = 1
    tags: tuple[tuple[str, str], ...] = ()
    movflags: str = ""
    sample_rate: int = 48_000
    coding: tuple[tuple[str, str], ...] = ()  # for the video encoder, over the quick defaults


def drawing(width: int, height: int, number: int) -> Image.Image:
    """A bright disc that goes from left to right on a ground of two greys."""
    picture = Image.new("RGB", (width, height), (60, 60, 60))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, width // 2, height), fill=(110, 100, 90))
    across = number * 7 % width
    pen.ellipse((across - 20, height // 2 - 20, across + 20, height // 2 + 20), fill=(240, 200, 40))
    return picture


def clip(**changes: Any) -> bytes:
    """A small WebM as a browser would record it (VP8 and Opus, two seconds, no stated duration), with changes."""
    return recorded(replace(Recipe(), **changes))


def recorded(recipe: Recipe) -> bytes:
    target = BytesIO()
    options = {"live": "1"} if recipe.live and recipe.container in {"webm", "matroska"} else {}
    if recipe.movflags:
        options["movflags"] = recipe.movflags
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    with av.open(target, "w", format=recipe.container, options=options) as output:
        output.metadata.update(recipe.tags)
        _write(output, recipe)
    # The AV1 encoder makes the thread that calls it a real-time one and leaves it so, where it may: as root. Then this
    # process and all its children would push every other aside to the end of the run.
    if os.sched_getscheduler(0) != policy:
        os.sched_setscheduler(0, policy, priority)
    return target.getvalue()


def _write(output: Any, recipe: Recipe) -> None:
    videos = [_video_stream(output, recipe) for _ in range(recipe.videos if recipe.video else 0)]
    audios = [_audio_stream(output, recipe) for _ in range(recipe.audios if recipe.audio else 0)]
    for index, time in enumerate(recipe.times_ms):
        for stream in videos:
            number = index if recipe.shows is None else recipe.shows[index]
            frame = as_frame(drawing(recipe.width, recipe.height, number))
            frame.pts, frame.time_base = time, MILLISECOND
            output.mux(stream.encode(frame))
    for stream in videos:
        output.mux(stream.encode(None))
    length = recipe.audio_ms if recipe.audio_ms is not None else max(recipe.times_ms, default=1000)
    for stream in audios:
        _write_tone(output, stream, length, recipe.sample_rate)


def as_frame(picture: Image.Image) -> Any:
    frames: Any = av.VideoFrame  # PyAV has this constructor without types.
    return frames.from_image(picture)


def _video_stream(output: Any, recipe: Recipe) -> Any:
    stream = output.add_stream(recipe.video, rate=25)
    stream.width, stream.height, stream.pix_fmt = recipe.width, recipe.height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = MILLISECOND
    fast = {"libvpx": {"deadline": "realtime", "cpu-used": "8"}, "libx264": {"preset": "ultrafast"}}
    fast |= {"libvpx-vp9": fast["libvpx"], "libsvtav1": {"preset": "12"}}
    stream.options = {**fast[recipe.video or ""], "g": "25", **dict(recipe.coding)}
    if "qp" not in stream.options:
        stream.bit_rate = 1_000_000
    return stream


def _audio_stream(output: Any, recipe: Recipe) -> Any:
    return output.add_stream(recipe.audio, rate=recipe.sample_rate, layout="mono")


def _write_tone(output: Any, stream: Any, length_ms: int, rate: int) -> None:
    """440 Hz at half of full scale."""
    samples = [int(16_000 * math.sin(2 * math.pi * 440 * place / rate)) for place in range(rate * length_ms // 1000)]
    for start in range(0, len(samples), 960):
        part = samples[start : start + 960]
        frame = av.AudioFrame("s16", "mono", len(part))
        frame.planes[0].update(struct.pack(f"<{len(part)}h", *part))
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def normalised(data: bytes) -> Clip:
    result = normalise_clip(data)
    assert isinstance(result, Clip), result
    return result


def refusal(data: bytes, **options: Any) -> str:
    result = normalise_clip(data, **options)
    assert isinstance(result, RefusedClip), "the clip was taken"
    return result.code.value


def picture(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as opened:
        opened.load()
        return opened.convert("RGB")
