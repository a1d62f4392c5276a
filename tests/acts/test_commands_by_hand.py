"""What Django brings along has its rows too, and what reaches past the rooms is on the record before it runs."""

from __future__ import annotations

import pytest
from django.core import management
from django.core.management import get_commands
from django.db import OperationalError

from reviewconsole import bootstrap, by_hand
from reviewconsole.embedded import environment
from verification.audit import log
from verification.audit.acts_of_machines import OF_THE_FRAMEWORK
from verification.audit.events import Event
from verification.audit.models import Entry

from .site import own_commands

RECORDED = [name for name, act in OF_THE_FRAMEWORK.items() if act.always]
SILENT = [name for name, act in OF_THE_FRAMEWORK.items() if not act.always]


def test_every_command_that_comes_along_has_a_row() -> None:
    assert set(get_commands()) - own_commands() == set(OF_THE_FRAMEWORK)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Django was told to do."""
    commands: list[str] = []
    monkeypatch.setattr(environment, "adopt_for_commands", lambda: None)
    monkeypatch.setattr(management, "execute_from_command_line", lambda argv: commands.append(argv[1]))
    return commands


@pytest.mark.django_db
@pytest.mark.parametrize("name", RECORDED)
def test_a_command_that_reaches_past_the_rooms_is_on_the_record_and_runs(name: str, ran: list[str]) -> None:
    bootstrap.run_django(["manage.py", name, "an-argument"])
    (entry,) = Entry.objects.all()
    assert (entry.event, entry.actor_id) == (Event.COMMAND_RUN, "command")
    assert f'"facts":{{"command":"{name}"}}' in entry.body
    assert "an-argument" not in entry.body
    assert ran == [name]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*SILENT, "audit_verify", "no-such-command"])
def test_the_others_run_without_an_entry_of_this_kind(name: str, ran: list[str]) -> None:
    bootstrap.run_django(["manage.py", name])
    assert (Entry.objects.count(), ran) == (0, [name])


@pytest.mark.django_db
def test_asking_for_help_is_no_act(ran: list[str]) -> None:
    bootstrap.run_django(["manage.py", "shell", "--help"])
    assert (Entry.objects.count(), ran) == (0, ["shell"])


def test_without_the_log_such_a_command_does_not_run(monkeypatch: pytest.MonkeyPatch, ran: list[str]) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(log, "record", away)
    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", lambda _self: None)
    monkeypatch.setattr("django.db.transaction.Atomic.__exit__", lambda *_: None)
    with pytest.raises(SystemExit, match="`shell` reaches rows of the database by hand"):
        bootstrap.run_django(["manage.py", "shell"])
    assert ran == []
    assert by_hand.put_on_record(["manage.py"]) is False
