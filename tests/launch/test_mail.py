"""Where e-mail goes out: read from one address, given to the worker alone, and refused when it is half set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from reviewconsole import deploy_checks, env
from reviewconsole.embedded import environment, places


@pytest.mark.parametrize(
    ("address", "port", "starttls", "tls"),
    [
        ("smtp+starttls://sender:p%40ss@mail.example:2525", 2525, True, False),
        ("smtp+starttls://sender:p%40ss@mail.example", 587, True, False),
        ("smtps://sender:p%40ss@mail.example", 465, False, True),
        ("smtp://sender:p%40ss@mail.example", 25, False, False),
    ],
)
def test_a_mail_server_is_one_address(
    monkeypatch: pytest.MonkeyPatch, address: str, port: int, starttls: bool, tls: bool
) -> None:
    monkeypatch.setenv("EMAIL_URL", address)
    read = env.mail("EMAIL_URL")
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == ("mail.example", port)
    assert (read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (starttls, tls)
    assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("sender", "p@ss")


@pytest.mark.parametrize("address", ["mail.example", "http://mail.example", "smtp://", "smtps://:secret@"])
def test_an_address_that_is_none_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("EMAIL_URL", address)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be an smtp://") as refused:
        env.mail("EMAIL_URL")
    assert "secret" not in str(refused.value)


def test_without_an_address_nothing_can_be_sent() -> None:
    assert env.mail("EMAIL_URL")["EMAIL_HOST"] == ""


@pytest.mark.parametrize("form", ["EMAIL_URL", "EMAIL_URL_FILE"])
def test_the_worker_alone_is_given_the_mail_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv(form, "smtps://mail.example")
    here = places.places(tmp_path)
    given = {role for role in environment.KEYS_OF_ROLE if form in environment.of_role(role, here)}
    assert given == {"worker"}


def test_a_worker_that_is_to_send_needs_a_server_and_the_consoles_address(settings: Any) -> None:
    settings.PROCESS_ROLE = "worker"
    assert deploy_checks.notices_can_be_mailed(None) == []
    settings.EMAIL_FROM = "console@bank.example"
    said = [problem.msg for problem in deploy_checks.notices_can_be_mailed(None)]
    assert said == ["EMAIL_FROM is set, but not EMAIL_URL.", "EMAIL_FROM is set, but not SITE_ADDRESS."]
    settings.EMAIL_HOST, settings.SITE_ADDRESS = "mail.example", "https://review.bank.example"
    assert deploy_checks.notices_can_be_mailed(None) == []
