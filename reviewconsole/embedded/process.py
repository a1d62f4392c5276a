"""Starting children that cannot outlive their parent, and ending them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class LaunchError(Exception):
    """Something on this machine stands in the way; the message is a sentence for the person who typed the command."""


@dataclass(frozen=True)
class Account:
    """The system account that a child runs as."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """The account for programs that refuse root, or None where this process is not root and may run them itself."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise LaunchError(
            "PostgreSQL refuses to run as root and this machine has no account `nobody`. Run as another user."
        ) from None
    return Account("nobody", entry.pw_uid, entry.pw_gid)


def service_uid() -> int:
    """Who owns the directory of the sockets: PostgreSQL's account, or this process's own."""
    account = unprivileged_account()
    return account.uid if account else os.geteuid()


def spawn(
    command: list[str],
    *,
    log: Path,
    end_signal: signal.Signals,
    account: Account | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    keep: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output appended to `log`.

    The kernel sends `end_signal` when the thread that called this dies, so call it from the main thread. `keep` are
    descriptors that the child inherits.
    """
    identity: dict[str, int | list[int]] = (
        {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
    )
    with log.open("ab") as output:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - our own words; typeshed cannot follow the ** below
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            pass_fds=keep,
            start_new_session=True,
            preexec_fn=_die_with(os.getpid(), end_signal),  # noqa: PLW1509 - the launcher has one thread
            **identity,
        )


def _die_with(parent: int, end_signal: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(end_signal), 0, 0, 0)
        # The parent may have died before the line above took effect.
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def end(child: subprocess.Popen[bytes], first: signal.Signals, patience: float) -> None:
    """Ask the child to end, wait `patience` seconds, then kill what is left of its process group."""
    if child.poll() is None:
        child.send_signal(first)
    finish(child, patience)


def finish(child: subprocess.Popen[bytes], patience: float) -> None:
    """Wait `patience` seconds for a child that was told to end, then kill what is left of its process group."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(patience)
    kill_group(child)
    child.wait()


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill what a child left behind. Each child leads its own group, so nobody else is in it."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log, for a sentence that has to say why."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-count:])
