"""A password that the machine's owner renews is on the record like any other."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories import a_person
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import Event
from verification.audit.models import Entry

pytestmark = pytest.mark.django_db


def test_a_password_renewed_on_the_command_line_is_logged_and_ends_the_sessions(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    person = a_person(Role.REVIEWER)
    client.force_login(person)
    call_command("changepassword", person.username)
    password = capsys.readouterr().out.strip()
    assert User.objects.get(pk=person.pk).check_password(password)
    assert client.get("/review").status_code == 302
    entry = Entry.objects.get(event=Event.PASSWORD_RESET)
    assert (entry.actor_id, str(person.pk) in entry.body, password in entry.body) == ("command", True, False)


def test_a_name_that_nobody_has_is_refused_with_a_sentence() -> None:
    with pytest.raises(CommandError, match="Nobody has that user name"):
        call_command("changepassword", "nobody")
    assert not Entry.objects.filter(event=Event.PASSWORD_RESET).exists()
