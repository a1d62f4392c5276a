"""A port that is taken is never a surprise."""

from __future__ import annotations

import socket

import pytest

from reviewconsole.embedded import launch
from reviewconsole.embedded.process import LaunchError


def test_a_port_that_was_asked_for_and_is_taken_is_refused_with_a_sentence() -> None:
    with launch.listen(_free()) as first, pytest.raises(LaunchError, match=f"Port {_port(first)} is taken"):
        launch.listen(_port(first))


def test_without_a_wish_the_next_free_port_is_used_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with launch.listen(_free()) as first:
        monkeypatch.setattr(launch, "PORT", _port(first))
        with launch.listen(None) as second:
            assert _port(second) > _port(first)
            assert f"using {_port(second)}" in capsys.readouterr().err


def test_when_all_are_taken_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with launch.listen(_free()) as first:
        monkeypatch.setattr(launch, "PORT", _port(first))
        monkeypatch.setattr(launch, "NEXT_PORTS", 1)
        with pytest.raises(LaunchError, match="all taken"):
            launch.listen(None)


@pytest.mark.parametrize("words", [["--port", "0"], ["--port", "70000"], ["--port", "http"]])
def test_what_is_no_port_is_refused_by_the_command_line(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        launch._options("up", words)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return _port(probe)


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])
