"""E-mail goes to those who wish for it, at most once each, and says nothing about anybody."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from tests.factories import a_person
from verification import tasks
from verification.access.models import User
from verification.access.people import change_email
from verification.access.roles import Role
from verification.notices import board, mail
from verification.notices.models import Notice

pytestmark = pytest.mark.django_db
KIND = Notice.Kind.INCIDENT_RAISED


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Any) -> None:
    settings.EMAIL_FROM = "console@bank.example"
    settings.SITE_ADDRESS = "https://review.bank.example"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids with which the worker was called."""
    found: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: found.append(*args) if name == mail.TASK else None)
    return found


@pytest.fixture
def senior() -> User:
    person = a_person(Role.SENIOR_REVIEWER)
    change_email(person, "senior@bank.example", wants_email=True)
    return person


def a_notice(person: User, subject: str = "incident-1") -> Notice:
    board.notify(KIND, subject, [person])
    return Notice.objects.get(to=person, subject=subject)


def test_a_message_names_nobody_and_no_case(senior: User) -> None:
    notice = a_notice(senior, "0d1f-case")
    assert mail.send(str(notice.pk))
    sent = outbox.outbox[0]
    assert (sent.to, sent.from_email) == (["senior@bank.example"], "console@bank.example")
    assert "Something waits for you in the review console." in sent.body
    assert "https://review.bank.example" in sent.body
    for telling in (senior.username, senior.display_name, "0d1f-case", "worried", str(notice.pk)):
        assert telling not in f"{sent.subject} {sent.body}"


def test_a_message_leaves_once_however_often_it_is_asked_for(senior: User) -> None:
    notice = a_notice(senior)
    assert [mail.send(notice.pk) for _ in range(3)] == [True, False, False]
    assert len(outbox.outbox) == 1


def test_two_workers_at_once_send_one_message(senior: User, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = a_notice(senior)
    opened = EmailBackend.open
    overtaken: list[bool] = []

    def overtake(self: EmailBackend) -> bool | None:
        monkeypatch.setattr(EmailBackend, "open", opened)
        overtaken.append(mail.send(notice.pk))
        return opened(self)

    monkeypatch.setattr(EmailBackend, "open", overtake)
    assert (mail.send(notice.pk), overtaken) == (False, [True])
    assert len(outbox.outbox) == 1


@pytest.mark.parametrize("why", ["read", "settled", "unwished", "no address", "inactive", "old", "switched off"])
def test_nothing_is_sent_where_nothing_is_wanted(senior: User, settings: Any, why: str) -> None:
    notice = a_notice(senior)
    if why == "read":
        board.mark_read(senior, notice.pk)
    elif why == "settled":
        board.settle(KIND, notice.subject)
    elif why == "unwished":
        change_email(senior, senior.email, wants_email=False)
    elif why == "no address":
        change_email(senior, "", wants_email=True)
    elif why == "inactive":
        User.objects.update(is_active=False)
    elif why == "old":
        Notice.objects.update(at=timezone.now() - mail.WORTH_SENDING)
    else:
        settings.EMAIL_FROM = ""
    assert not mail.send(notice.pk)
    assert outbox.outbox == []


def test_a_mail_server_that_is_away_costs_delay_and_no_message(
    senior: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    notice = a_notice(senior)
    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "open", lambda _self: _raise(ConnectionRefusedError("away")))
        assert not mail.send(notice.pk)
    assert mail.send(notice.pk)


def test_a_refused_address_is_not_tried_again_and_not_logged(
    senior: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = a_notice(senior)
    refusal = smtplib.SMTPRecipientsRefused({senior.email: (550, b"no such box")})
    with monkeypatch.context() as refusing:
        refusing.setattr(EmailBackend, "send_messages", lambda *_: _raise(refusal))
        assert not mail.send(notice.pk)
    assert not mail.send(notice.pk)
    assert senior.email not in "".join(capsys.readouterr())


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_called_after_the_commit_and_only_for_those_who_wish(senior: User, rung: list[str]) -> None:
    with transaction.atomic():
        board.notify(KIND, "incident-1", [senior, a_person(Role.SENIOR_REVIEWER)])
        assert rung == []
    assert rung == [str(Notice.objects.get(to=senior).pk)]


def test_a_call_that_was_lost_is_made_again_half_a_minute_later(senior: User, rung: list[str]) -> None:
    notice = a_notice(senior)
    assert mail.ring_again() == 0
    with time_machine.travel(timezone.now() + mail.REPEAT_AFTER + timedelta(seconds=1)):
        assert mail.ring_again() == 1
        mail.send(rung[0])
        assert mail.ring_again() == 0
    assert rung == [str(notice.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_costs_nobody_their_notice(senior: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: _raise(ConnectionError("down")))
    a_notice(senior)
    assert board.open_for(senior).count() == 1


def test_the_name_by_which_the_worker_is_called_is_the_tasks_own(senior: User) -> None:
    notice = a_notice(senior)
    current_app.tasks[mail.TASK](str(notice.pk))
    assert tasks.send_notice.name == mail.TASK
    assert len(outbox.outbox) == 1


def _raise(error: Exception) -> None:
    raise error
