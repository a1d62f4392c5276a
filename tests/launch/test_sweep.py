"""The sweeper outlives whatever goes wrong, and waits longer the longer it does."""

from __future__ import annotations

import logging

import pytest
from django.core.management import call_command

from verification.management.commands import sweep


@pytest.mark.parametrize("failures", [1, 3, 50])
def test_pauses_after_failures_grow_unevenly_and_have_an_end(failures: int) -> None:
    longest = min(sweep.PAUSE * 2**failures, sweep.LONGEST_PAUSE)
    pauses = {sweep.pause(failures) for _ in range(50)}
    assert len(pauses) > 1
    assert all(longest / 2 <= pause <= longest for pause in pauses)


@pytest.mark.django_db
def test_a_turn_that_fails_is_logged_and_the_next_one_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[int] = []

    def sweep_once(turn: int) -> dict[str, int]:
        turns.append(turn)
        if turn == 2:
            raise SystemExit
        raise ConnectionError("the database is away")

    monkeypatch.setattr(sweep, "sweep_once", sweep_once)
    monkeypatch.setattr(sweep, "pause", lambda _failures: 0.0)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with caplog.at_level(logging.ERROR), pytest.raises(SystemExit):
        call_command("sweep")
    assert turns == [0, 1, 2]
    assert "sweep failed" in caplog.text
