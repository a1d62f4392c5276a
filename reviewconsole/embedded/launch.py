"""What `manage.py up` and `manage.py demo` do, in the order in which they do it."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from reviewconsole.bootstrap import say

from . import demo, environment, keys, places, process
from .postgres import Postgres
from .supervisor import Program, Supervisor
from .valkey import Valkey

PORT = 8000
NEXT_PORTS = 20


class _Stopped(BaseException):
    """Ctrl-C, or a request to end. Not an Exception, so that no handler of errors swallows it."""


def main(command: str, argv: Sequence[str]) -> int:
    """Run the site until Ctrl-C, or with `--check` until the demo is through. Answers with the exit code."""
    options = _options(command, argv)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    began = time.monotonic()
    try:
        with _site(options) as site:
            return site.run(began)
    except process.LaunchError as error:
        say(str(error))
        return 1
    except _Stopped:
        say("Stopped.")
        return 0


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Stopped


@dataclass(frozen=True)
class Options:
    """The command line. `port` is None where none was given: then the next free one will do."""

    demo: bool
    check: bool
    port: int | None
    data: Path


def _options(command: str, argv: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog=f"manage.py {command}", description=_DESCRIPTION[command])
    parser.add_argument(
        "--port", type=_port, help=f"serve on this port of 127.0.0.1 (otherwise {PORT} or the next free)"
    )
    parser.add_argument("--data", type=Path, default=places.default_data(), help="keep everything in this directory")
    if command == "demo":
        parser.add_argument("--check", action="store_true", help="end when the demo is through; last line is JSON")
    given = parser.parse_args(argv)
    return Options(command == "demo", getattr(given, "check", False), given.port, given.data)


_DESCRIPTION = {
    "up": "Run all services on this machine. DATABASE_URL and REDIS_URL, where set, name servers to use instead.",
    "demo": "Run all services on this machine, always with servers of its own, and send demo captures through the API.",
}


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port lies between 1 and 65535")
    return number


@contextlib.contextmanager
def _site(options: Options) -> Iterator[Site]:
    """Everything that has to be given back, however the command ends."""
    here = places.places(options.data)
    here.make()
    lock = places.take_lock(here)
    site = Site(options, here, lock)
    try:
        yield site
    finally:
        # A second Ctrl-C must not leave half of the children behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        site.stop()
        os.close(lock)


@dataclass
class Site:
    """One installation at work."""

    options: Options
    here: places.Places
    lock: int
    supervisor: Supervisor = field(default_factory=Supervisor)

    def __post_init__(self) -> None:
        self.postgres = Postgres(self.here, keep=(self.lock,))
        self.valkey = Valkey(self.here, keep=(self.lock,))

    def run(self, began: float) -> int:
        """The whole launch, top to bottom."""
        self.listener = listen(self.options.port)
        self.port = self.listener.getsockname()[1]
        keys.make(self.here.keys)
        self.start_services()
        accounts = self.prepare()
        self.start_processes()
        self.wait_until_served()
        _introduce(accounts, self.port, time.monotonic() - began)
        if self.options.demo:
            tour = demo.Tour(self.here, self.port, self.supervisor)
            tour.run()
            if self.options.check:
                return tour.report(time.monotonic() - began, self.counts())
            say(f"To stand in front of the camera yourself, open within 15 minutes: {tour.invite()}")
        say(f"Serving http://127.0.0.1:{self.port} - Ctrl-C stops everything.")
        while True:
            self.supervisor.run_for(3600)

    def env(self, role: str) -> dict[str, str]:
        env = environment.of_role(role, self.here, embedded=self.options.demo)
        return demo.DEFAULTS | env if self.options.demo else env

    def start_services(self) -> None:
        """Embedded servers, except where `up` was given others."""
        if self.options.demo or not environment.given("DATABASE_URL"):
            self.postgres.start()
        if self.options.demo or not environment.given("REDIS_URL"):
            self.valkey.start()

    def prepare(self) -> dict[str, Any]:
        """Everything before serving. Passwords of new accounts come back through the pipe, once."""
        return json.loads(self.django("prepare", *(["--demo"] if self.options.demo else []), capture=True))  # type: ignore[no-any-return]

    def counts(self) -> dict[str, int]:
        return json.loads(self.django("prepare", "--counts", capture=True))  # type: ignore[no-any-return]

    def django(self, *words: str, capture: bool = False) -> str:
        """Run a management command to its end. Raises LaunchError when it fails; its own words say why."""
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "manage.py", *words],
            cwd=places.BASE,
            env=self.env("command"),
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if capture else sys.stderr,
        )
        if done.returncode != 0:
            raise process.LaunchError(f"`manage.py {' '.join(words)}` failed; the lines above say why.")
        return done.stdout or ""

    def start_processes(self) -> None:
        """The processes of the site, each with the keys of its role and no others.

        The sweeper ends when the others have, so that its last checkpoint covers what they did, and the witness last.
        """
        descriptor = self.listener.fileno()
        self.supervisor.start(self.program("web", _gunicorn(descriptor), keep=(descriptor,)))
        self.supervisor.start(self.program("worker", _celery(), REMAP_SIGTERM="SIGQUIT"))
        if self.env("sweeper")["WITNESS_ADDRESS"] == environment.witness_address(self.here):
            self.supervisor.start(self.witness())
        self.supervisor.start(self.program("sweeper", (sys.executable, "manage.py", "sweep"), ends=1))

    def program(
        self, role: str, command: tuple[str, ...], keep: tuple[int, ...] = (), ends: int = 0, **extra: str
    ) -> Program:
        env, log = self.env(role) | extra, self.here.logs / f"{role}.log"
        return Program(role, command, env, log, places.BASE, (self.lock, *keep), ends=ends)

    def witness(self) -> Program:
        """The witness of this machine; where WITNESS_ADDRESS names another one, that one is asked instead."""
        command, env = (sys.executable, "manage.py", "witness"), environment.of_witness(self.here)
        return Program("witness", command, env, self.here.logs / "witness.log", places.BASE, (self.lock,), ends=2)

    def wait_until_served(self, patience: float = 60) -> None:
        deadline = time.monotonic() + patience
        while not _answers(self.port):
            self.supervisor.run_for(0.05)
            if time.monotonic() > deadline:
                raise process.LaunchError(
                    f"The web process does not answer:\n{process.last_lines(self.here.logs / 'web.log')}"
                )

    def stop(self) -> None:
        """In the order in which they need each other."""
        self.supervisor.stop()
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.here.sockets, ignore_errors=True)


def listen(wanted: int | None) -> socket.socket:
    """Open the port here and hand it to the web process, so that nobody slips in between or while that restarts."""
    for port in [wanted] if wanted else range(PORT, PORT + NEXT_PORTS):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(1024)
        except PermissionError:
            raise process.LaunchError(f"Port {port} is reserved for root. Choose one above 1023 with --port.") from None
        except OSError:
            listener.close()
            continue
        if port != (wanted or PORT):
            say(f"Port {PORT} is taken; using {port}.")
        return listener
    if wanted:
        raise process.LaunchError(f"Port {wanted} is taken. Choose another one with --port, or leave --port out.")
    raise process.LaunchError(f"Ports {PORT} to {PORT + NEXT_PORTS - 1} are all taken. Choose one with --port.")


def _gunicorn(descriptor: int) -> tuple[str, ...]:
    sizes = ("--worker-class", "gthread", "--workers", "2", "--threads", "8")
    patience = ("--graceful-timeout", "10", "--timeout", "60")
    # Loaded once and forked: half the start, and the workers share the memory of the code.
    where = ("--bind", f"fd://{descriptor}", "--no-control-socket", "--preload")
    return (sys.executable, "-m", "gunicorn", "reviewconsole.wsgi", *where, *sizes, *patience)


def _celery() -> tuple[str, ...]:
    processes = str(max(1, min(4, os.cpu_count() or 1)))
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
    return (sys.executable, "-m", "celery", "-A", "reviewconsole", "worker", "--concurrency", processes, *quiet)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _introduce(accounts: dict[str, Any], port: int, seconds: float) -> None:
    """Say who may sign in. A password is shown when it is made and never again."""
    say(f"The console answers at http://127.0.0.1:{port} after {seconds:.1f} s.")
    for person in accounts["made"]:
        say(f"  {person['role']:<16} {person['username']:<16} password {person['password']}")
    if accounts["made"]:
        say("These passwords are not shown again and are kept nowhere.")
    else:
        say("Accounts are as they were; `python3 manage.py changepassword NAME` gives one a new password.")
