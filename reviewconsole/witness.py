"""`manage.py witness`: the witness of audit logs, a program of its own without Django, database or the site's secrets.

It answers `POST /add-checkpoint` and `GET /<origin hash>/checkpoint` (c2sp.org/tlog-witness) on a socket or a loopback
port. On another machine it is just as well: it needs its key, the public keys of the logs, and a directory.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from verification.audit import witness
from verification.audit.notes import WITNESS, BadKey, SigningKey, VerifierKey

from . import env
from .bootstrap import say

MAX_REQUEST = 64 * 1024
# A caller that stops in the middle of a request is let go after so many seconds.
PATIENCE = 10
_STATUS = {
    witness.Malformed: HTTPStatus.BAD_REQUEST,
    witness.UnknownLog: HTTPStatus.NOT_FOUND,
    witness.NotSigned: HTTPStatus.FORBIDDEN,
    witness.Inconsistent: HTTPStatus.UNPROCESSABLE_ENTITY,
}


def main(argv: Sequence[str]) -> int:
    options = _options(argv)
    try:
        server = serve(options.listen, _witness(options.dir))
    except (ImproperlyConfigured, BadKey, OSError) as problem:
        say(f"The witness does not start. {problem}")
        return 1
    signal.signal(signal.SIGTERM, _end)
    say(f"The witness listens at {options.listen}.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py witness", description=__doc__.partition("\n")[0])
    listen = os.environ.get("WITNESS_ADDRESS", "http://127.0.0.1:8100")
    parser.add_argument("--listen", default=listen, help="unix:/path or http://127.0.0.1:port (WITNESS_ADDRESS)")
    directory = Path(os.environ.get("WITNESS_DIR", ".data/witness"))
    parser.add_argument("--dir", type=Path, default=directory, help="where it remembers what it saw (WITNESS_DIR)")
    return parser.parse_args(argv)


def _witness(directory: Path) -> witness.Witness:
    """From WITNESS_PRIVATE_KEY and the space-separated LOG_VERIFIER_KEY. Raises `ImproperlyConfigured`, `BadKey`."""
    if os.environ.get("LOG_PRIVATE_KEY") or os.environ.get("LOG_PRIVATE_KEY_FILE"):
        raise ImproperlyConfigured(
            "It was given LOG_PRIVATE_KEY. A witness that can sign for the log witnesses nothing."
        )
    key = SigningKey.parse(env.secret("WITNESS_PRIVATE_KEY"))
    if key.kind != WITNESS:
        raise BadKey("WITNESS_PRIVATE_KEY is not the key of a witness.")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return witness.Witness(directory, key, [VerifierKey.parse(one) for one in env.secret("LOG_VERIFIER_KEY").split()])


class Server(ThreadingHTTPServer):
    """HTTP on a port or on a Unix socket."""

    daemon_threads = True

    def __init__(self, address: Any, family: socket.AddressFamily, judge: witness.Witness) -> None:
        self.address_family, self.judge = family, judge
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        if self.address_family is not socket.AF_UNIX:
            return super().server_bind()
        # The directory of the socket decides who may reach it; a socket left behind by a killed one is in the way.
        Path(str(self.server_address)).unlink(missing_ok=True)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "witness", 0
        return None


def serve(address: str, judge: witness.Witness) -> Server:
    """A server that is bound and not yet serving. `http://host:port` listens on loopback addresses alone."""
    if address.startswith("unix:"):
        return Server(address.removeprefix("unix:"), socket.AF_UNIX, judge)
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
    if host not in {"127.0.0.1", "localhost"} or not port.isdigit():
        raise ImproperlyConfigured("It listens at unix:/path or http://127.0.0.1:port; put TLS and the world in front.")
    return Server((host, int(port)), socket.AF_INET, judge)


class Handler(BaseHTTPRequestHandler):
    """Translates: a request in, one call of the witness, an answer out."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server: Server

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_REQUEST:
            self.close_connection = True
            return self._answer(HTTPStatus.BAD_REQUEST, "A request has a length, of at most 64 KiB.\n")
        body = self.rfile.read(int(length))
        if self.path != "/add-checkpoint":
            return self._answer(HTTPStatus.NOT_FOUND, "There is nothing here.\n")
        return self._answer(*self._judged(body))

    def do_GET(self) -> None:
        origin_hash, _, rest = self.path.lstrip("/").partition("/")
        newest = self.server.judge.newest(origin_hash) if rest == "checkpoint" else None
        if newest is None:
            return self._answer(HTTPStatus.NOT_FOUND, "No checkpoint of such a log was seen here.\n")
        return self._answer(HTTPStatus.OK, newest)

    def _judged(self, body: bytes) -> tuple[HTTPStatus, str, str]:
        plain = "text/plain; charset=utf-8"
        try:
            return HTTPStatus.OK, self.server.judge.add_checkpoint(body.decode(), int(time.time())), plain
        except UnicodeDecodeError:
            return HTTPStatus.BAD_REQUEST, "The request is not UTF-8.\n", plain
        except witness.Stale as stale:
            return HTTPStatus.CONFLICT, f"{stale.size}\n", "text/x.tlog.size"
        except witness.Refused as refused:
            return _STATUS[type(refused)], f"{refused}\n", plain
        except witness.Forgotten as forgotten:
            say(str(forgotten))
            return HTTPStatus.INTERNAL_SERVER_ERROR, "The witness cannot read what it remembered.\n", plain

    def _answer(self, status: HTTPStatus, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        """A Unix socket has no address to name."""
        return "socket" if isinstance(self.client_address, str) else str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        sys.stderr.write(f"{self.address_string()} {format % args}\n")
