"""Keeps the site's processes running: starts them, restarts what crashes, ends all of them."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from reviewconsole.bootstrap import say

from . import process

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A process that ran this long, in seconds, had started well: its next crash is a new story.
STEADY = 60.0


@dataclass(frozen=True)
class Program:
    """A process that is to run for as long as the supervisor does."""

    name: str
    command: tuple[str, ...]
    env: dict[str, str]
    log: Path
    cwd: Path
    keep: tuple[int, ...] = ()
    patience: float = 15.0
    # Those with a higher number are told to end when those with a lower one have ended.
    ends: int = 0


@dataclass
class _Running:
    program: Program
    child: subprocess.Popen[bytes]
    started: float
    delay: float = FIRST_DELAY
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Owns its children: each leads a process group, and is told to end when the supervisor's process dies."""

    running: list[_Running] = field(default_factory=list)
    crashes: int = 0

    def start(self, program: Program) -> None:
        self.running.append(_Running(program, _start(program), time.monotonic()))

    def tick(self) -> None:
        """Look at every child once; restart those that ended, after a delay that doubles while they keep crashing."""
        now = time.monotonic()
        for one in self.running:
            if one.restart_at is not None:
                if now >= one.restart_at:
                    one.child, one.started, one.restart_at = _start(one.program), now, None
            elif one.child.poll() is not None:
                self._mourn(one, now)

    def _mourn(self, one: _Running, now: float) -> None:
        self.crashes += 1
        process.kill_group(one.child)
        one.delay = FIRST_DELAY if now - one.started > STEADY else min(one.delay * 2, LONGEST_DELAY)
        one.restart_at = now + one.delay
        say(f"The {one.program.name} process ended ({_how(one.child)}); starting it again in {one.delay:.0f} s.")
        say(f"Its last words, from {one.program.log}:\n{process.last_lines(one.program.log)}")

    def run_for(self, seconds: float) -> None:
        """Watch over the children for a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.tick()
            time.sleep(min(left, 0.2))

    def stop(self) -> None:
        """Ask all to end, then wait for each: those of one number stop side by side and take as long as the slowest."""
        for number in sorted({one.program.ends for one in self.running}):
            ending = [one for one in self.running if one.program.ends == number]
            for one in ending:
                if one.child.poll() is None:
                    one.child.send_signal(signal.SIGTERM)
            for one in ending:
                process.finish(one.child, one.program.patience)
        self.running.clear()


def _start(program: Program) -> subprocess.Popen[bytes]:
    return process.spawn(
        list(program.command),
        log=program.log,
        end_signal=signal.SIGTERM,
        env=program.env,
        cwd=program.cwd,
        keep=program.keep,
    )


def _how(child: subprocess.Popen[bytes]) -> str:
    code = child.returncode
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
