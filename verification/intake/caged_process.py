"""The parent's end of any child that meets hostile bytes: start it in its cage, talk to it, kill it.

The cage itself is closed by the child (``decoder.lock_in``): code between fork and exec is not safe in a process with
threads.
"""

import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from socket import socket, socketpair
from types import TracebackType
from typing import Self


class CagedProcess:
    """A running child. Use as a context manager: leaving kills it, whatever it is doing."""

    def __init__(self, program: Path, library: str, numbers: Iterable[int]) -> None:
        self._channel, theirs = socketpair()
        try:
            self._process = _start(program, library, numbers, theirs)
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

    def _send(self, data: bytes, seconds: float) -> None:
        """Eight bytes of length and the data; ``TimeoutError`` or another ``OSError`` when the child takes none."""
        self._channel.settimeout(seconds)
        self._channel.sendall(len(data).to_bytes(8, "big") + data)

    def _read(self, count: int, deadline: float) -> bytes:
        """Exactly ``count`` bytes before ``deadline`` (monotonic seconds); ``OSError`` when the child has gone."""
        received = bytearray(count)
        view = memoryview(received)
        while view:
            self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
            size = self._channel.recv_into(view)
            if size == 0:
                raise ConnectionAbortedError
            view = view[size:]
        return bytes(received)


def _start(program: Path, library: str, numbers: Iterable[int], channel: socket) -> subprocess.Popen[bytes]:
    """Start the child with an empty environment and none of our descriptors but the socket.

    It ignores the environment and site-packages (-I -S) and is told where its one library lives. The limits are set by
    the program itself before it reads anything.
    """
    command = [sys.executable, "-I", "-S", "-B", str(program), _directory_of(library), *map(str, numbers)]
    return subprocess.Popen(  # noqa: S603 - the command is made of our own paths and numbers
        command,
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
    )


def _directory_of(library: str) -> str:
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        raise ImportError(f"{library} is not installed.")
    return str(Path(spec.origin).parent.parent)
