"""Where things stand on this machine, and whether another account can get there."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from .process import LaunchError

BASE = Path(__file__).resolve().parent.parent.parent


def default_data() -> Path:
    return Path(os.environ.get("DATA_DIR", BASE / ".data"))


@dataclass(frozen=True)
class Places:
    """The directories of one installation, all below `data` except the sockets, whose path must be short."""

    data: Path

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def media(self) -> Path:
        return self.data / "media"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def static(self) -> Path:
        return self.data / "static"

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def anchor(self) -> Path:
        return self.data / "anchor"

    @property
    def witness(self) -> Path:
        return self.data / "witness"

    @property
    def sockets(self) -> Path:
        """A short directory that the same data always maps to: a socket's path may have 107 bytes, a clone's more."""
        key = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        # Only root may write to /run, so nobody can stand in the way there; elsewhere `private` looks who owns it.
        base = Path("/run") if os.geteuid() == 0 else Path("/tmp")  # noqa: S108 - see the line above
        return base / f"reviewconsole-{os.geteuid()}-{key}"

    def make(self) -> None:
        """Make the directories. PostgreSQL's account may pass through `data` itself, but enter no other room."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o711)
        for room in (
            self.keys, self.logs, self.media, self.models, self.static, self.valkey, self.anchor, self.witness,
        ):  # fmt: skip
            room.mkdir(exist_ok=True, mode=0o700)


def places(data: Path) -> Places:
    return Places(data.expanduser().resolve())


def private(directory: Path, uid: int) -> Path:
    """A directory of mode 0700 that belongs to `uid`; a foreign one in its place is refused."""
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), uid}:
        raise LaunchError(f"{directory} belongs to somebody else. Remove it, or choose another directory with --data.")
    os.chown(directory, uid, -1)
    directory.chmod(0o700)
    return directory


def others_can_reach(path: Path) -> bool:
    """Whether an account without any rights of its own can read `path` and pass through every directory above it."""
    if not path.stat().st_mode & stat.S_IROTH:
        return False
    return others_can_pass(path.parent)


def others_can_pass(directory: Path) -> bool:
    """Whether every directory from the root down to `directory` lets everybody through."""
    whole = directory.resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in (whole, *whole.parents))


def take_lock(places: Places, patience: float = 45.0) -> int:
    """Hold this data directory for as long as this process or any child that inherits the descriptor lives.

    A living owner is refused at once. When the owner was killed, its children are on their way out: wait for them.
    Raises LaunchError.
    """
    descriptor = os.open(places.data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    while not _try_lock(descriptor):
        owner = os.pread(descriptor, 32, 0).decode().strip()
        if owner and Path(f"/proc/{owner}").exists():
            raise LaunchError(
                f"{places.data} is in use by process {owner}. Stop it, or give this one a directory and port of "
                "its own: --data DIR --port PORT."
            )
        if time.monotonic() > deadline:
            raise LaunchError(
                f"Processes of an earlier run still hold {places.data}. Wait for them to end, then try again."
            )
        time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
