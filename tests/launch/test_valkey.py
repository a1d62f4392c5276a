"""The doorbell keeps what was rung, also through a kill."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from reviewconsole.embedded import places, process
from reviewconsole.embedded.valkey import Valkey


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    here = places.places(tmp_path / "a data directory")
    here.make()
    server = Valkey(here)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(here.sockets)


def client(server: Valkey) -> Redis:
    return Redis(unix_socket_path=str(server.places.sockets / "valkey.sock"))


def test_a_message_survives_kill_9(server: Valkey) -> None:
    with client(server) as connection:
        connection.lpush("queue", "case")
    assert server.child is not None
    server.child.send_signal(signal.SIGKILL)
    server.child.wait()
    server.start()
    with client(server) as connection:
        assert connection.lrange("queue", 0, -1) == [b"case"]


def test_it_refuses_rather_than_forget_when_memory_is_short(server: Valkey) -> None:
    with client(server) as connection:
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_it_listens_on_its_socket_alone(server: Valkey) -> None:
    with client(server) as connection:
        assert connection.config_get("port") == {"port": "0"}


def test_what_keeps_it_from_starting_is_shown(server: Valkey) -> None:
    server.stop()
    kept = next((server.places.valkey / "appendonlydir").glob("*.manifest"))
    kept.write_text("nonsense\n")
    with pytest.raises(process.LaunchError, match="manifest"):
        server.start()
