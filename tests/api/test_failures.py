"""When something behind the API fails, the answer is a problem document and nothing is half done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import kombu.utils.functional
import pytest
from celery import current_app
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.test import Client

from verification import tasks
from verification.api import authentication
from verification.api import cases as view
from verification.audit import log
from verification.cases.lifecycle import LostRace
from verification.cases.models import Case, IdempotencyRecord
from verification.intake import images, submit

from .relying_party import CASES, RelyingParty, a_relying_party, assert_problem

RING = tasks.ring


def _raise(error: Exception) -> Any:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise error

    return fail


def test_a_storage_that_fails_stores_nothing(party: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(FileSystemStorage, "_save", _raise(OSError("/secret/path is full")))
        response = party.submit("k")
    assert_problem(response, 503, "storage_unavailable")
    assert b"secret" not in response.content
    assert "Retry-After" in response.headers
    assert not Case.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert party.submit("k").status_code == 202


def test_a_log_that_cannot_be_written_stores_nothing(
    party: RelyingParty, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "record", _raise(RuntimeError("log is broken")))
    assert_problem(party.submit(), 500, "internal_error")
    assert not Case.objects.exists()
    assert not any(path.is_file() for path in media.rglob("*"))


def test_busy_decoders_ask_for_patience(party: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit, "normalise_images", _raise(images.DecodersBusyError()))
    response = party.submit()
    assert_problem(response, 503, "decoders_busy")
    assert "Retry-After" in response.headers


def test_an_unforeseen_error_is_logged_and_says_nothing_of_itself(
    party: RelyingParty, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(view, "submit", _raise(ValueError("SECRET-4711")))
    response = party.submit()
    assert_problem(response, 500, "internal_error")
    assert b"SECRET" not in response.content
    assert "failed unforeseen" in caplog.text


def test_a_database_that_does_not_answer_is_not_the_senders_fault(
    party: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "find_key", _raise(OperationalError("connection refused")))
    response = party.get(CASES)
    assert_problem(response, 503, "unavailable")
    assert b"refused" not in response.content


def test_a_case_that_keeps_moving_is_erased_at_the_next_try(
    party: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = party.submit().json()["links"]["self"]
    monkeypatch.setattr(view, "erase_case", _raise(LostRace()))
    assert_problem(party.delete(address), 503, "unavailable")


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_the_sender_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tasks, "ring", RING)
    monkeypatch.setattr(current_app.conf, "broker_url", f"redis+socket://{os.fspath(tmp_path)}/nobody.sock")
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    waited: list[float] = []
    monkeypatch.setattr(kombu.utils.functional, "sleep", waited.append)
    response = a_relying_party().submit()
    assert response.status_code == 202
    assert sum(waited) == 0, "the sender waits while the broker's client does"
    case = Case.objects.get()
    assert case.status == "received"
    assert case.announced_at is None, "the sweeper rings for cases that were never announced"


@pytest.mark.parametrize("path", ["/api/", "/api/v2/cases"])
def test_addresses_outside_the_version_are_problem_documents_too(db: None, path: str) -> None:
    assert_problem(Client().get(path), 404, "not_found")


def test_a_wrong_host_name_is_a_problem_document_too(db: None) -> None:
    assert_problem(Client(raise_request_exception=False).get(CASES, HTTP_HOST="evil.example"), 400, "malformed_request")
