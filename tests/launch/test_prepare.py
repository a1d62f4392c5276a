"""The first accounts are made once, their passwords shown once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from verification.access.assignment import facts_about
from verification.access.directory import who_may
from verification.access.models import User
from verification.access.roles import Permission, Role
from verification.cases.models import ApiKey, Programme
from verification.cases.programmes import find_key
from verification.management.commands import prepare as prepare_command

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    # Files take seconds and have no part in these tests; `test_up.py` goes the whole way.
    monkeypatch.setattr(prepare_command, "bring_files", lambda: None)
    settings.DATA_DIR = tmp_path
    (tmp_path / "keys").mkdir()
    return tmp_path


def prepare(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    call_command("prepare", *words)
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_a_real_installation_begins_with_one_administrator(capsys: pytest.CaptureFixture[str]) -> None:
    (made,) = prepare(capsys)["made"]
    person = User.objects.get()
    assert facts_about(person).roles == {Role.ADMINISTRATOR}
    assert person.check_password(made["password"])
    assert ApiKey.objects.count() == 0


def test_the_demo_has_people_of_every_role_each_with_a_password_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = prepare(capsys, "--demo")["made"]
    assert {person["role"] for person in made} == {role.value for role in Role}
    assert len({person["password"] for person in made}) == len(made)


def test_the_demo_lets_every_wider_view_be_asked_for_and_has_enough_people_to_agree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepare(capsys, "--demo")
    programme = Programme.objects.get()
    assert (programme.wider_neck, programme.wider_frame) == (True, True)
    seniors = who_may(Permission.WIDER_ASK_FRAME)
    others = [person for person in who_may(Permission.WIDER_APPROVE) if person != seniors[0]]
    assert len(others) >= 2


def test_a_second_run_makes_and_tells_nothing(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    prepare(capsys, "--demo")
    key = (data / "keys" / "DEMO_API_KEY").read_text()
    assert prepare(capsys, "--demo") == {"made": []}
    assert (data / "keys" / "DEMO_API_KEY").read_text() == key
    assert ApiKey.objects.count() == 1


def test_the_demo_key_opens_the_api_and_only_its_owner_may_read_it(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    prepare(capsys, "--demo")
    path = data / "keys" / "DEMO_API_KEY"
    assert find_key(path.read_text()) is not None
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_was_lost_or_spoilt_gets_a_living_key(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    prepare(capsys, "--demo")
    (data / "keys" / "DEMO_API_KEY").write_text("spoilt")
    prepare(capsys, "--demo")
    assert find_key((data / "keys" / "DEMO_API_KEY").read_text()) is not None


def test_counting_an_empty_installation_says_nought(capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare(capsys, "--counts") == {"images_stored": 0, "images_destroyed": 0}
