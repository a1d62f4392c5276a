"""The parent's end of the decoding child: start it, put one picture to it, believe nothing it says, kill it."""

import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from socket import socket, socketpair
from types import TracebackType
from typing import Self

from verification.intake import decoder
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


class DecoderProcess:
    """A running child. Use as a context manager: leaving kills it, whatever it is doing."""

    def __init__(self, limits: DecoderLimits, program: Path = PROGRAM) -> None:
        self._limits = limits
        self._channel, theirs = socketpair()
        try:
            self._process = _start(program, limits, theirs)
        except BaseException:
            self._channel.close()
            raise
        finally:
            theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def decode(self, data: bytes) -> Pixels:
        """The pixels of one picture; ``Refused`` is the picture's fault, ``DecoderGone`` the child's."""
        deadline = time.monotonic() + self._limits.wall_seconds
        try:
            self._channel.settimeout(self._limits.wall_seconds)
            self._channel.sendall(len(data).to_bytes(8, "big") + data)
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

    def _read(self, count: int, deadline: float) -> bytes:
        received = bytearray(count)
        view = memoryview(received)
        while view:
            self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
            size = self._channel.recv_into(view)
            if size == 0:
                raise DecoderGone(ImageRefusal.DECODER_FAILED)
            view = view[size:]
        return bytes(received)


def _start(program: Path, limits: DecoderLimits, channel: socket) -> subprocess.Popen[bytes]:
    """Start the child with an empty environment and none of our descriptors but the socket.

    It ignores the environment and site-packages (-I -S) and is told where Pillow lives. The limits are set by the
    program itself before it reads anything: code between fork and exec is not safe in a process with threads.
    """
    numbers = (limits.address_space, limits.cpu_seconds, limits.max_pixels, limits.max_side)
    command = [sys.executable, "-I", "-S", "-B", str(program), _pillow_directory(), *map(str, numbers)]
    return subprocess.Popen(  # noqa: S603 - the command is made of our own paths and numbers
        command,
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
    )


def _pillow_directory() -> str:
    spec = find_spec("PIL")
    if spec is None or spec.origin is None:
        raise ImportError("Pillow is not installed.")
    return str(Path(spec.origin).parent.parent)
