"""Processes are started again when they crash, and none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reviewconsole.embedded.supervisor import Program, Supervisor

# A process with a child of its own, which writes both numbers and then waits.
FAMILY = "sleep 60 & echo $$ $! >> pids; wait"

OVERSEE = """
import os, sys
from pathlib import Path
from reviewconsole.embedded.supervisor import Program, Supervisor
watch = Supervisor()
here = Path(sys.argv[1])
watch.start(Program("one", ("sh", "-c", "echo $$ >> pids; exec sleep 60"), dict(os.environ), here / "log", here))
watch.run_for(60)
"""


@pytest.fixture
def watch() -> Iterator[Supervisor]:
    watch = Supervisor()
    yield watch
    watch.stop()


def program(here: Path, script: str, patience: float = 10) -> Program:
    return Program("one", ("sh", "-c", script), dict(os.environ), here / "log", here, patience=patience)


def pids(here: Path) -> list[int]:
    return [int(word) for word in (here / "pids").read_text().split()] if (here / "pids").exists() else []


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(holds: Callable[[], bool], watch: Supervisor | None = None) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
        if watch:
            watch.tick()


def test_a_crashed_process_is_started_again_and_what_it_left_behind_is_ended(watch: Supervisor, tmp_path: Path) -> None:
    watch.start(program(tmp_path, FAMILY))
    until(lambda: len(pids(tmp_path)) == 2)
    first, orphan = pids(tmp_path)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(pids(tmp_path)) == 4, watch)
    assert watch.crashes == 1
    until(lambda: not alive(orphan))


def test_a_process_that_keeps_crashing_is_given_more_and_more_time(
    watch: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watch.start(program(tmp_path, "echo out of luck; exit 3"))
    watch.running[0].delay = 0.01
    until(lambda: watch.crashes == 4, watch)
    assert watch.running[0].delay == pytest.approx(0.01 * 2**4)
    assert "code 3" in (said := capsys.readouterr().err)
    assert "out of luck" in said


def test_stopping_ends_whole_families_even_those_that_will_not_listen(watch: Supervisor, tmp_path: Path) -> None:
    watch.start(program(tmp_path, f"trap '' TERM; {FAMILY}; {FAMILY}", patience=0.5))
    until(lambda: len(pids(tmp_path)) == 2)
    watch.stop()
    until(lambda: not any(alive(pid) for pid in pids(tmp_path)))


def test_children_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OVERSEE, str(tmp_path)]) as overseer:
        until(lambda: len(pids(tmp_path)) == 1)
        overseer.kill()
    until(lambda: not alive(pids(tmp_path)[0]))
