"""PostgreSQL starts wherever the clone stands, and after every kind of end."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from reviewconsole.embedded import places, postgres, process
from reviewconsole.embedded.postgres import Postgres

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as another account")


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A directory with a space in its name that every account can pass through (pytest's own are closed)."""
    directory = Path(tempfile.mkdtemp(prefix="review console "))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def elsewhere(reachable: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(postgres, "ELSEWHERE", reachable / "elsewhere")
    return reachable / "elsewhere"


@pytest.fixture
def server(reachable: Path) -> Iterator[Postgres]:
    server = prepared(reachable / "data")
    yield server
    server.stop()
    shutil.rmtree(server.places.sockets, ignore_errors=True)


@pytest.fixture
def hidden(tmp_path: Path, elsewhere: Path) -> Iterator[Postgres]:
    """A server whose data directory only root may enter."""
    closed = tmp_path / "only for root"
    closed.mkdir(mode=0o700)
    server = prepared(closed / "data")
    yield server
    server.stop()
    shutil.rmtree(server.places.sockets, ignore_errors=True)


def prepared(data: Path) -> Postgres:
    here = places.places(data)
    here.make()
    return Postgres(here, options=postgres.FAST_AND_FORGETFUL)


def connect(server: Postgres) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(postgres.url(server.places.sockets), autocommit=True)


def leave_a_row(server: Postgres) -> None:
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")


def rows(server: Postgres) -> list[tuple[object, ...]]:
    with connect(server) as connection:
        return connection.execute("SELECT one FROM kept").fetchall()


def test_a_path_with_spaces_is_no_obstacle(server: Postgres) -> None:
    server.start()
    leave_a_row(server)
    assert rows(server) == [(1,)]
    assert server.cluster == server.places.data / "postgres"


def test_every_row_is_there_after_kill_9(server: Postgres) -> None:
    server.options = ()
    server.start()
    leave_a_row(server)
    assert server.child is not None
    server.child.send_signal(signal.SIGKILL)
    server.child.wait()
    server.start()
    assert rows(server) == [(1,)]


def test_a_stale_pid_file_that_names_a_living_process_does_not_stop_the_start(server: Postgres) -> None:
    server.start()
    server.stop()
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n")
    server.start()
    leave_a_row(server)


def test_an_interrupted_initialisation_is_begun_again(server: Postgres) -> None:
    half = server.places.data / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    leave_a_row(server)
    assert not half.exists()


@as_root
def test_a_directory_that_only_root_may_enter_has_its_database_elsewhere(hidden: Postgres, elsewhere: Path) -> None:
    hidden.start()
    leave_a_row(hidden)
    assert hidden.places.postgres.is_symlink()
    assert elsewhere in hidden.cluster.parents
    hidden.stop()
    hidden.start()
    assert rows(hidden) == [(1,)]


@as_root
def test_data_that_moves_behind_a_closed_door_follows_with_every_row(server: Postgres, elsewhere: Path) -> None:
    server.start()
    leave_a_row(server)
    server.stop()
    server.places.data.chmod(0o700)
    server.start()
    assert elsewhere in server.cluster.parents
    assert rows(server) == [(1,)]


@as_root
def test_a_database_that_is_gone_is_not_replaced_silently(hidden: Postgres) -> None:
    hidden.start()
    hidden.stop()
    shutil.rmtree(hidden.cluster)
    with pytest.raises(process.LaunchError, match="which is gone"):
        hidden.start()


@as_root
def test_programs_that_only_root_can_read_are_copied_to_where_they_run(
    server: Postgres, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "others_can_reach", lambda _path: False)
    old = os.umask(0o077)
    try:
        server.start()
    finally:
        os.umask(old)
    assert elsewhere in server.binaries.parents
    leave_a_row(server)


def test_what_keeps_it_from_starting_is_shown(server: Postgres) -> None:
    server.options = ("shared_buffers=nonsense",)
    with pytest.raises(process.LaunchError, match="shared_buffers"):
        server.start()


def test_a_foreign_directory_for_sockets_is_refused(server: Postgres) -> None:
    server.places.sockets.symlink_to(server.places.data)
    with pytest.raises(process.LaunchError, match="belongs to somebody else"):
        server.start()
    server.places.sockets.unlink()
