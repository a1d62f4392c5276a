"""The last checkpoint of each day goes out by e-mail once, and again where it did not arrive at the mail server."""

from __future__ import annotations

import smtplib
from datetime import UTC, date, datetime, timedelta

import pytest
from celery import current_app
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from tests.audit.keepers import Keepers
from verification.audit import mailing, verify_log
from verification.audit.models import Posting, SignedCheckpoint, Watch

from .tampering import a_placed_log

pytestmark = pytest.mark.django_db(transaction=True)

EVENING = datetime(2026, 1, 31, 23, 58, tzinfo=UTC)
MORNING = EVENING + timedelta(minutes=3)


@pytest.fixture(autouse=True)
def _to_the_risk_officer(keepers: Keepers) -> None:
    keepers.settings.CHECKPOINT_MAIL_TO = ["risk@example.org"]
    keepers.settings.EMAIL_FROM = "console@example.org"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the sweeper asks the worker for; here nobody is at work."""
    asked: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda _name, args: asked.extend(args))
    return asked


def published(keepers: Keepers, at: datetime) -> SignedCheckpoint:
    a_placed_log(2)
    note = keepers.publish().note
    size = int(note.split("\n")[1])
    return SignedCheckpoint.objects.create(origin=keepers.log_key.name, size=size, note=note, at=at)


def test_the_last_checkpoint_of_a_day_is_sent_when_the_day_is_over(keepers: Keepers, rung: list[str]) -> None:
    published(keepers, EVENING - timedelta(hours=2))
    last = published(keepers, EVENING)
    assert mailing.ring_due(EVENING) == 0
    assert mailing.ring_due(MORNING) == 1
    assert rung == ["2026-01-31"]
    assert mailing.send("2026-01-31")
    (message,) = mail.outbox
    assert (message.to, message.from_email) == (["risk@example.org"], "console@example.org")
    assert "The checkpoint of 2026-01-31".lower() in message.subject.lower()
    name, content, _ = message.attachments[0]
    assert (name, content) == ("checkpoint-2026-01-31.txt", last.note)


def test_what_comes_by_mail_is_an_anchor(keepers: Keepers, rung: list[str]) -> None:
    published(keepers, EVENING)
    mailing.ring_due(MORNING)
    mailing.send(rung[0])
    file = keepers.place / "checkpoint.txt"
    file.write_text(str(mail.outbox[0].attachments[0][1]))
    (claim,) = verify_log.read_anchors([file], keepers.keys).checkpoints
    assert (claim.size, claim.signed(keepers.keys)) == (2, True)


def test_it_is_sent_once(keepers: Keepers, rung: list[str]) -> None:
    published(keepers, EVENING)
    assert mailing.ring_due(MORNING) == 1
    assert mailing.send("2026-01-31")
    assert not mailing.send("2026-01-31")
    assert mailing.ring_due(MORNING + timedelta(hours=1)) == 0
    assert (len(mail.outbox), len(rung)) == (1, 1)


def test_a_message_that_was_lost_is_asked_for_again_after_a_while(keepers: Keepers, rung: list[str]) -> None:
    published(keepers, EVENING)
    assert mailing.ring_due(MORNING) == 1
    assert mailing.ring_due(MORNING + timedelta(minutes=4)) == 0
    assert mailing.ring_due(MORNING + timedelta(minutes=6)) == 1
    assert rung == ["2026-01-31"] * 2


def test_a_mail_server_that_is_away_is_said_and_tried_again(
    keepers: Keepers, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise smtplib.SMTPServerDisconnected("away")

    published(keepers, EVENING)
    mailing.ring_due(MORNING)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", away)
        assert not mailing.send("2026-01-31")
    assert Watch.objects.get(part=Watch.Part.MAIL).problem == "failed"
    assert mailing.send("2026-01-31")
    assert Watch.objects.get(part=Watch.Part.MAIL).problem == ""


def test_a_broker_that_is_away_costs_nothing_but_time(keepers: Keepers, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(current_app, "send_task", away)
    published(keepers, EVENING)
    assert mailing.ring_due(MORNING) == 0
    assert Posting.objects.get().day == date(2026, 1, 31)


def test_nobody_to_send_it_to_is_no_error(keepers: Keepers) -> None:
    keepers.settings.CHECKPOINT_MAIL_TO = []
    published(keepers, EVENING)
    assert mailing.ring_due(MORNING) == 0
    assert not Posting.objects.exists()
