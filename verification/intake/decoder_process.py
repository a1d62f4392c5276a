"""The parent's end of the decoding child: put one picture to it, believe nothing it says."""

import time
from dataclasses import dataclass
from pathlib import Path

from verification.intake import decoder
from verification.intake.caged_process import CagedProcess
from verification.intake.containers import MAX_PIXELS
from verification.intake.refusals import ImageRefusal, Refused

PROGRAM = Path(decoder.__file__)

REFUSALS = {
    decoder.TRUNCATED: ImageRefusal.TRUNCATED,
    decoder.CORRUPT: ImageRefusal.CORRUPT,
    decoder.TOO_MANY_PIXELS: ImageRefusal.TOO_MANY_PIXELS,
    decoder.FAILED: ImageRefusal.DECODER_FAILED,
}


@dataclass(frozen=True)
class DecoderLimits:
    """What one child may use. The defaults carry the largest accepted picture of every format with room to spare."""

    address_space: int = 768 * 1024 * 1024  # bytes
    cpu_seconds: int = 30  # for all pictures of one submission
    wall_seconds: float = 10.0  # for one picture, from the first byte sent to the last received
    max_pixels: int = MAX_PIXELS
    max_side: int = 2048  # pixels


@dataclass(frozen=True)
class Pixels:
    """An upright picture as plain RGB bytes, row by row: ``len(rgb) == width * height * 3``."""

    width: int
    height: int
    rgb: bytes


class DecoderGone(Exception):
    """The child died, hung or broke the conversation; it is of no further use. Carries the code for its picture."""

    def __init__(self, code: ImageRefusal) -> None:
        super().__init__(code.value)
        self.code = code


class DecoderProcess(CagedProcess):
    """A running child for pictures."""

    def __init__(self, limits: DecoderLimits, program: Path = PROGRAM) -> None:
        self._limits = limits
        numbers = (limits.address_space, limits.cpu_seconds, limits.max_pixels, limits.max_side)
        super().__init__(program, "PIL", numbers)

    def decode(self, data: bytes) -> Pixels:
        """The pixels of one picture; ``Refused`` is the picture's fault, ``DecoderGone`` the child's."""
        deadline = time.monotonic() + self._limits.wall_seconds
        try:
            self._send(data, self._limits.wall_seconds)
            return self._receive(deadline)
        except TimeoutError:
            raise DecoderGone(ImageRefusal.DECODING_TIMED_OUT) from None
        except OSError:
            raise DecoderGone(ImageRefusal.DECODER_FAILED) from None

    def _receive(self, deadline: float) -> Pixels:
        header = self._read(9, deadline)
        status, width, height = header[:1], int.from_bytes(header[1:5], "big"), int.from_bytes(header[5:], "big")
        if status in REFUSALS:
            raise Refused(REFUSALS[status])
        if status != decoder.DONE or not all(0 < side <= self._limits.max_side for side in (width, height)):
            raise DecoderGone(ImageRefusal.DECODER_FAILED)
        return Pixels(width, height, self._read(width * height * 3, deadline))
