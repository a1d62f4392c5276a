"""`manage.py up`, whole: who holds which key, what a second one says, and what is left after each kind of end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewconsole.embedded import environment, places
from reviewconsole.embedded.places import BASE


class Site:
    """One `manage.py up` in a directory with a space in its name."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start and answer with what was said until the site was served."""
        self.process = subprocess.Popen(
            self.command(), stderr=subprocess.PIPE, text=True, env=own_environment(), cwd=BASE
        )
        assert self.process.stderr is not None
        said = []
        for line in self.process.stderr:
            said.append(line)
            if line.startswith("Serving"):
                return "".join(said)
        raise AssertionError("".join(said))

    def command(self) -> list[str]:
        return [sys.executable, "manage.py", "up", "--data", str(self.data), "--port", self.port]

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def processes(self) -> dict[int, str]:
        """Every process of this installation, by what its environment or command line says of the data directory."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid() and self._mentions(entry):
                found[int(entry.name)] = (entry / "comm").read_text().strip()
        return found

    def _mentions(self, entry: Path) -> bool:
        try:
            return os.fsencode(self.data) in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False


def own_environment() -> dict[str, str]:
    """As on a fresh machine: none of what the test run set for itself, except where the models are."""
    ours = {f"{name}_FILE" for name in environment.ALL_KEYS} | {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "PROCESS_ROLE"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def role_of(pid: int) -> str:
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return next((item[13:].decode() for item in variables if item.startswith(b"PROCESS_ROLE=")), "")


def keys_of(pid: int) -> set[str]:
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    names = {item.partition(b"=")[0].decode().removesuffix("_FILE") for item in variables}
    return names & {"FRAME_PRIVATE_KEY", "CROP_PRIVATE_KEY", "TRACE_KEY", "LOG_PRIVATE_KEY", "WITNESS_PRIVATE_KEY"}


def gone(site: Site, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while site.processes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def removed(site: Site) -> None:
    """Stop what runs and remove what stands outside the data directory."""
    if site.process is not None and site.process.poll() is None:
        site.end(signal.SIGTERM)
    here = places.places(site.data)
    shutil.rmtree(here.sockets, ignore_errors=True)
    if here.postgres.is_symlink():
        shutil.rmtree(here.postgres.resolve().parent)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that runs for all tests of this file that only look at it."""
    site = Site(tmp_path_factory.mktemp("a clone") / "data")
    site.start()
    yield site
    removed(site)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Site]:
    """A site for a test that ends it, in a directory that only root may enter."""
    closed = tmp_path / "only for its owner"
    closed.mkdir(mode=0o700)
    another = Site(closed / "data")
    yield another
    removed(another)


def test_each_process_holds_the_private_key_of_its_role_and_no_other(site: Site) -> None:
    held: dict[str, set[str]] = {}
    for pid in site.processes():
        held.setdefault(role_of(pid), set()).update(keys_of(pid))
    assert held["web"] == {"CROP_PRIVATE_KEY", "TRACE_KEY"}
    assert held["worker"] == {"FRAME_PRIVATE_KEY"}
    assert held["sweeper"] == {"LOG_PRIVATE_KEY"}
    assert held["witness"] == {"WITNESS_PRIVATE_KEY"}


def test_a_second_one_on_the_same_data_is_refused_and_says_how_to_have_two(site: Site) -> None:
    assert site.process is not None
    second = subprocess.run(
        site.command(), capture_output=True, text=True, env=own_environment(), cwd=BASE, check=False, timeout=60
    )
    assert second.returncode == 1
    assert f"in use by process {site.process.pid}" in second.stderr
    assert "--data DIR --port PORT" in second.stderr
    assert "Traceback" not in second.stderr


def test_its_port_is_refused_to_another_one_before_anything_is_started(site: Site, another: Site) -> None:
    another.port = site.port
    with pytest.raises(AssertionError, match=f"Port {site.port} is taken. Choose another one with --port"):
        another.start()
    assert not (another.data / "postgres").exists()
    assert another.process is not None
    assert another.process.wait(60) == 1
    assert another.process.stderr is not None
    another.process.stderr.close()


def test_a_killed_one_leaves_nothing_running_and_the_next_goes_on_where_it_was(another: Site) -> None:
    first = another.start()
    assert re.search(r"administrator +administrator +password \w{20}\n", first)
    another.end(signal.SIGKILL)
    second = another.start()
    assert "Accounts are as they were" in second
    assert another.end(signal.SIGTERM) == 0
    assert gone(another, 1), another.processes()
    assert not places.places(another.data).sockets.exists()
    assert another.start()
    another.end(signal.SIGKILL)
    assert gone(another, 30), another.processes()
