"""The parent's end of the clip-decoding child: put one clip to it, believe nothing it says."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verification.checks.clips import (
    MAX_AUDIO_BYTES,
    MAX_HEADER_BYTES,
    MAX_MS,
    MAX_SAMPLES,
    MAX_SIDE,
    SAMPLE_RATE,
    SAMPLES_PER_SECOND,
)
from verification.intake import clip_decoder
from verification.intake.caged_process import CagedProcess
from verification.intake.clip_refusals import ClipRefusal, ClipRefused
from verification.intake.decoder_process import Pixels

PROGRAM = Path(clip_decoder.__file__)

REFUSALS = {
    clip_decoder.CORRUPT: ClipRefusal.CORRUPT,
    clip_decoder.NO_VIDEO: ClipRefusal.NO_VIDEO,
    clip_decoder.NO_FRAMES: ClipRefusal.NO_FRAMES,
    clip_decoder.OTHER_STREAMS: ClipRefusal.OTHER_STREAMS,
    clip_decoder.CODEC: ClipRefusal.CODEC_NOT_ACCEPTED,
    clip_decoder.TOO_LONG: ClipRefusal.TOO_LONG,
    clip_decoder.TOO_WIDE: ClipRefusal.TOO_WIDE,
    clip_decoder.TOO_MANY_FRAMES: ClipRefusal.TOO_MANY_FRAMES,
    clip_decoder.FAILED: ClipRefusal.DECODER_FAILED,
}


@dataclass(frozen=True)
class ClipDecoderLimits:
    """What one child may use for its one clip, and what the clip may be."""

    address_space: int = 512 * 1024 * 1024  # bytes; 30 frames of 1280 x 1280 in any accepted codec needed 172 MB
    cpu_seconds: int = 30
    wall_seconds: float = 45.0  # from the first byte sent to the last received
    max_frames: int = 600
    max_side: int = MAX_SIDE  # pixels
    max_ms: int = MAX_MS
    samples_per_second: int = SAMPLES_PER_SECOND
    sample_rate: int = SAMPLE_RATE

    @property
    def numbers(self) -> tuple[int, ...]:
        """In the order in which the program takes them."""
        return (
            self.address_space,
            self.cpu_seconds,
            self.max_frames,
            self.max_side,
            self.max_ms,
            self.samples_per_second,
            self.sample_rate,
        )


@dataclass(frozen=True)
class Shown:
    """One sampled frame: its time on the clip's clock, its pixels, and the degrees to turn them anticlockwise."""

    time_ms: int
    turn: int
    pixels: Pixels


@dataclass(frozen=True)
class Ended:
    """What comes after the frames: the sound, and the child's facts as it wrote them."""

    audio: bytes
    facts: Any


class ClipDecoderProcess(CagedProcess):
    """A running child for one clip."""

    def __init__(self, limits: ClipDecoderLimits, program: Path = PROGRAM) -> None:
        self._limits = limits
        super().__init__(program, "av", limits.numbers)

    def decode(self, data: bytes) -> Iterator[Shown | Ended]:
        """The sampled frames as they come, then one ``Ended``; ``ClipRefused`` for whatever goes wrong."""
        deadline = time.monotonic() + self._limits.wall_seconds
        try:
            self._send(data, self._limits.wall_seconds)
            for _ in range(MAX_SAMPLES):
                status = self._read(1, deadline)
                if status != clip_decoder.FRAME:
                    break
                yield self._frame(deadline)
            else:
                status = self._read(1, deadline)
            yield self._end(status, deadline)
        except TimeoutError:
            raise ClipRefused(ClipRefusal.DECODING_TIMED_OUT) from None
        except (OSError, ValueError, RecursionError):
            raise ClipRefused(ClipRefusal.DECODER_FAILED) from None

    def _frame(self, deadline: float) -> Shown:
        header = self._read(10, deadline)
        time_ms = int.from_bytes(header[:4], "big")
        width, height, turn = (int.from_bytes(header[place : place + 2], "big") for place in (4, 6, 8))
        if not all(0 < side <= self._limits.max_side for side in (width, height)):
            raise ClipRefused(ClipRefusal.DECODER_FAILED)
        return Shown(time_ms, turn, Pixels(width, height, self._read(width * height * 3, deadline)))

    def _end(self, status: bytes, deadline: float) -> Ended:
        if status in REFUSALS:
            raise ClipRefused(REFUSALS[status])
        if status != clip_decoder.AUDIO:
            raise ClipRefused(ClipRefusal.DECODER_FAILED)
        audio = self._part(MAX_AUDIO_BYTES, deadline)
        if self._read(1, deadline) != clip_decoder.DONE:
            raise ClipRefused(ClipRefusal.DECODER_FAILED)
        return Ended(audio, json.loads(self._part(MAX_HEADER_BYTES, deadline)))

    def _part(self, most: int, deadline: float) -> bytes:
        length = int.from_bytes(self._read(4, deadline), "big")
        if length > most:
            raise ClipRefused(ClipRefusal.DECODER_FAILED)
        return self._read(length, deadline)
