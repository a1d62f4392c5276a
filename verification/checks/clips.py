"""A captured clip as plain pictures and plain sound, and the one format in which it is sealed.

Intake makes a `Clip` out of untrusted video, in a child process without rights; the worker gets it back through
`unpack` and never meets a container or a video codec. The format: the letters `CLIP1`, the length of a JSON header
(four bytes, big-endian), the header, and then the pictures and the sound end to end. `unpack` is total: any bytes give
a `Clip` that keeps every promise made here, or `BadBundle`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any

MAGIC = b"CLIP1"
SAMPLES_PER_SECOND = 15
SAMPLE_RATE = 16_000  # audio samples a second
MAX_MS = 15_000
MAX_SIDE = 1280  # pixels
# Fifteen seconds at fifteen a second, and the frame at the very end.
MAX_SAMPLES = MAX_MS * SAMPLES_PER_SECOND // 1000 + 1
# One second more than a clip may last: an audio codec's last packet may reach over the end.
MAX_AUDIO_BYTES = 2 * SAMPLE_RATE * (MAX_MS // 1000 + 1)
MAX_FRAME_BYTES = 96 * 1024 * 1024  # all pictures of one clip together
MAX_HEADER_BYTES = 64 * 1024
MAX_NUMBER = 1 << 31
MAX_WORD = 64  # characters
JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


class BadBundle(Exception):
    """The bytes are not a clip that `pack` could have made. Says which promise is broken, never what the bytes are."""


class Writer(StrEnum):
    """What the container says wrote it. A claim, and easily forged: only a contradiction tells something."""

    CHROMIUM = "chromium"
    FIREFOX = "firefox"
    WEBKIT = "webkit"
    FFMPEG = "ffmpeg"
    GSTREAMER = "gstreamer"
    OTHER = "other"
    UNKNOWN = "unknown"  # it does not say


@dataclass(frozen=True)
class ClipFacts:
    """What the container and the whole run of frames show; the sampled pictures alone would not.

    Times are milliseconds on the clip's own clock, which starts at the earliest timestamp of picture or sound.
    """

    container: str  # webm | mp4
    video_codec: str  # vp8 | vp9 | h264 | av1
    audio_codec: str  # opus | vorbis | aac | "" without sound
    width: int  # pixels, upright, of the first frame
    height: int
    sizes: int  # how many different frame sizes occur; a turned telephone makes two
    frames_total: int
    keyframes: int
    duration_ms: int  # to the last frame or the end of the sound, whichever is later; measured, not stated
    video_ms: int  # from the first frame to the last
    stated_ms: int  # the duration the container states, 0 when it states none; a browser's WebM states none
    longest_gap_ms: int  # between the timestamps of successive frames
    gap_spread_us: int  # standard deviation of those gaps: rounding alone gives 500, a camera gives more
    gap_kinds: int  # how many different gaps (in whole ms) occur; a file made from a file has one or two
    backwards: int  # frames whose timestamp is not later than the one before
    frozen_frames: int  # frames equal to the one before in every pixel
    longest_freeze_ms: int  # the longest time without a changed pixel
    repeated_frames: int  # changed frames that equal, in every pixel, some frame further back: a loop
    audio_starts_ms: int  # before it the sound is filled with silence
    written_by: Writer
    encoder_tag_digest: str  # 16 hex digits over what the container says of its makers; "" when it says nothing
    has_encoder_mark: bool  # a desktop encoder (x264, libavcodec) signed the stream; browsers' encoders do not
    has_device_tags: bool  # tags of a camera application (maker, model, place), which a recording in a page never has

    @property
    def monotonic(self) -> bool:
        """Whether every frame is later than the one before."""
        return not self.backwards

    @property
    def frames_per_second(self) -> float:
        """Frames a second over the whole clip; 0 for a single frame."""
        return (self.frames_total - 1) * 1000 / self.video_ms if self.video_ms else 0.0


@dataclass(frozen=True)
class Clip:
    """About 15 pictures a second with their times, the sound, and the facts.

    `frames` are baseline JPEGs (quality 92, 4:4:4, sRGB, upright, without metadata), at most 1280 px on a side and
    1 to 226 of them; `times_ms` are strictly increasing from 0 on; `digests` are 64-bit difference hashes, one a
    frame (few differing bits = a similar picture); `audio` is 16 kHz mono signed 16-bit little-endian PCM whose first
    sample is at 0 ms, or empty.
    """

    frames: tuple[bytes, ...] = field(repr=False)
    times_ms: tuple[int, ...]
    audio: bytes = field(repr=False)
    facts: ClipFacts
    digests: tuple[int, ...]

    def __post_init__(self) -> None:
        """`BadBundle` when a promise of this class is broken: no such clip exists anywhere in the program."""
        _require(0 < len(self.frames) <= MAX_SAMPLES, "number of frames")
        _require(len(self.frames) == len(self.times_ms) == len(self.digests), "one time and digest a frame")
        _require(sum(map(len, self.frames)) <= MAX_FRAME_BYTES, "size of the frames")
        _require(all(frame[:3] == JPEG_START and frame[-2:] == JPEG_END for frame in self.frames), "frames are JPEGs")
        _require(self.times_ms[0] >= 0 and self.times_ms[-1] <= MAX_MS, "times within the clip")
        _require(all(one < other for one, other in pairwise(self.times_ms)), "times increase")
        _require(all(0 <= digest < 1 << 64 for digest in self.digests), "digests of 64 bits")
        _require(len(self.audio) <= MAX_AUDIO_BYTES and len(self.audio) % 2 == 0, "length of the sound")


def pack(clip: Clip) -> bytes:
    """The clip as one run of bytes, to be sealed as one object."""
    header = {
        "facts": asdict(clip.facts),
        "times_ms": clip.times_ms,
        "digests": clip.digests,
        "frames": [len(frame) for frame in clip.frames],
        "audio": len(clip.audio),
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((MAGIC, len(text).to_bytes(4, "big"), text, *clip.frames, clip.audio))


def unpack(data: bytes) -> Clip:
    """The clip that `pack` made into these bytes; `BadBundle` for any other bytes."""
    _require(data[: len(MAGIC)] == MAGIC, "first letters")
    start = len(MAGIC) + 4
    size = int.from_bytes(data[len(MAGIC) : start], "big")
    _require(size <= MAX_HEADER_BYTES and start + size <= len(data), "length of the header")
    header = _header(data[start : start + size])
    lengths = [*_numbers(header["frames"], MAX_SAMPLES), _number(header["audio"])]
    ends = list(accumulate(lengths, initial=start + size))
    _require(ends[-1] == len(data), "length of the whole")
    *frames, audio = (data[begin:end] for begin, end in pairwise(ends))
    times, digests = _numbers(header["times_ms"], MAX_SAMPLES), _numbers(header["digests"], MAX_SAMPLES, 1 << 64)
    return Clip(tuple(frames), times, audio, facts_from(header["facts"]), digests)


def facts_from(values: object) -> ClipFacts:
    """Facts out of parsed JSON; `BadBundle` when one is missing, unknown, of another type or out of range."""
    kinds = {entry.name: entry.type for entry in fields(ClipFacts)}
    if not isinstance(values, dict) or values.keys() != kinds.keys():
        raise BadBundle("names of the facts")
    return ClipFacts(**{name: READERS[str(kind)](values[name]) for name, kind in kinds.items()})


def _require(kept: bool, promise: str) -> None:
    if not kept:
        raise BadBundle(promise)


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        raise BadBundle("header is JSON") from None
    if not isinstance(header, dict) or header.keys() != {"facts", "times_ms", "digests", "frames", "audio"}:
        raise BadBundle("names in the header")
    return header


def _number(value: object, below: int = MAX_NUMBER) -> int:
    # In Python, True is an int; in the header it is not.
    if type(value) is not int or not 0 <= value < below:
        raise BadBundle("a number")
    return value


def _numbers(values: object, most: int, below: int = MAX_NUMBER) -> tuple[int, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) > most:
        raise BadBundle("a list of numbers")
    return tuple(_number(value, below) for value in values)


def _word(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_WORD or not value.isascii():
        raise BadBundle("a word")
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadBundle("a yes or no")
    return value


def _writer(value: object) -> Writer:
    word = _word(value)
    if word not in set(Writer):
        raise BadBundle("a writer")
    return Writer(word)


READERS: dict[str, Any] = {"int": _number, "str": _word, "bool": _yes_or_no, "Writer": _writer}
