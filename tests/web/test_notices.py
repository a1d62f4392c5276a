"""The page of notices, the count at the top of every page, and what open pages ask by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.factories import a_person
from verification.access.models import User
from verification.access.roles import Permission, Role
from verification.notices import board
from verification.notices.models import Notice
from verification.web import live, notices

pytestmark = pytest.mark.django_db
KIND = Notice.Kind.HANDED_OVER


@pytest.fixture
def reviewer(client: Client) -> User:
    person = a_person(Role.REVIEWER)
    client.force_login(person)
    return person


def page(client: Client, address: str = "/notices") -> str:
    return client.get(address).content.decode()


def ask(client: Client, *topics: str) -> Any:
    return client.post("/live", {"topic": topics}).json()


def test_every_kind_of_notice_has_words() -> None:
    assert set(notices._WORDS) == set(Notice.Kind)


def test_a_page_without_notices_says_why(client: Client, reviewer: User) -> None:
    assert "Nothing has in the last 30 days." in page(client)


def test_a_notice_says_what_waits_and_in_which_state_it_is(client: Client, reviewer: User) -> None:
    for subject in ("one", "two", "three"):
        board.notify(KIND, subject, [reviewer])
    board.mark_read(reviewer, Notice.objects.get(subject="one").pk)
    board.settle(KIND, "two")
    shown = page(client)
    assert shown.count("A colleague handed a case over to you.") >= 3
    assert [shown.count(f">{state}</span>") for state in ("New", "Read", "Settled")] == [1, 1, 1]


def test_going_to_a_notice_reads_it_and_leads_to_where_it_is_handled(client: Client, reviewer: User) -> None:
    board.notify(KIND, "one", [reviewer])
    response = client.post(reverse("notice-open", args=[Notice.objects.get().pk]))
    assert response["Location"] == reverse("review")
    assert not board.open_for(reviewer).exists()


def test_a_notice_of_somebody_else_looks_like_a_missing_one(client: Client, reviewer: User) -> None:
    other = a_person(Role.REVIEWER)
    board.notify(KIND, "one", [other])
    assert client.post(reverse("notice-open", args=[Notice.objects.get().pk])).status_code == 404
    assert client.post(reverse("notice-open", args=[other.pk])).status_code == 404
    assert board.open_for(other).exists()


def test_all_are_read_at_once_and_a_second_time_says_so(client: Client, reviewer: User) -> None:
    board.notify(KIND, "one", [reviewer])
    board.notify(KIND, "two", [reviewer])
    client.post("/notices/read")
    assert not board.open_for(reviewer).exists()
    assert "Every notice was read already." in client.post("/notices/read", follow=True).content.decode()


def test_the_bar_counts_what_is_new(client: Client, reviewer: User) -> None:
    assert 'data-notice-count="0" hidden' in page(client, "/review")
    board.notify(KIND, "one", [reviewer])
    assert 'data-notice-count="1">' in page(client, "/review")


def test_an_open_page_learns_of_a_notice_and_of_its_end(client: Client, reviewer: User) -> None:
    before = ask(client, "notices")
    assert before["notices"] == 0
    board.notify(KIND, "one", [reviewer])
    told = ask(client, "notices")
    assert told["notices"] == 1
    board.settle(KIND, "one")
    after = ask(client, "notices")
    assert after["notices"] == 0
    assert len({str(answer["versions"]) for answer in (before, told, after)}) == 3
    assert ask(client, "notices") == after


def test_the_version_on_the_page_is_the_one_that_is_answered(client: Client, reviewer: User) -> None:
    board.notify(KIND, "one", [reviewer])
    assert f'data-live-version="{ask(client, "notices")["versions"]["notices"]}"' in page(client)


def test_a_topic_that_is_unknown_or_not_for_this_person_is_left_out(
    client: Client, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = live.Topic(Permission.LOG_READ, lambda _person: 1)
    monkeypatch.setitem(live.TOPICS, "log", closed)
    assert set(ask(client, "notices", "log", "nowhere")["versions"]) == {"notices"}


def test_asking_is_no_sign_of_life_and_neither_is_looking_again_by_itself(client: Client, reviewer: User) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False) as clock:
        client.force_login(reviewer)
        assert client.get("/notices").status_code == 200
        for _ in range(15):
            clock.shift(timedelta(minutes=1))
            client.post("/live")
            client.get("/notices", headers={"X-By-Itself": "1"})
        assert client.get("/notices").status_code == 302


def test_a_page_that_looks_again_by_itself_takes_no_message_from_its_reader(client: Client, reviewer: User) -> None:
    client.post("/notices/read")
    assert "Every notice was read already." not in client.get("/notices", headers={"X-By-Itself": "1"}).content.decode()
    assert "Every notice was read already." in page(client)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"email": "me@bank.example", "wants_email": "on"}, ("me@bank.example", True)),
        ({"email": "me@bank.example"}, ("me@bank.example", False)),
        ({"email": ""}, ("", False)),
    ],
)
def test_a_person_says_whether_and_where_notices_are_sent(
    client: Client, reviewer: User, sent: dict[str, str], kept: tuple[str, bool]
) -> None:
    assert client.post("/account/email", sent).status_code == 302
    reviewer.refresh_from_db()
    assert (reviewer.email, reviewer.wants_email) == kept


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"email": "nobody", "wants_email": "on"}, "This is not an e-mail address."),
        ({"email": "a@b.example\nBcc: c@d.example"}, "This is not an e-mail address."),
        ({"email": f"{'a' * 250}@b.example"}, "too long"),
        ({"wants_email": "on"}, "Give the address that notices should go to."),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_nothing_is_kept(
    client: Client, reviewer: User, sent: dict[str, str], sentence: str
) -> None:
    response = client.post("/account/email", sent)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    reviewer.refresh_from_db()
    assert (reviewer.email, reviewer.wants_email) == ("", False)


def test_a_console_without_a_mail_server_says_so(client: Client, reviewer: User, settings: Any) -> None:
    assert "sends no e-mail at present" in page(client, "/account/email")
    settings.EMAIL_FROM = "console@bank.example"
    assert "sends no e-mail at present" not in page(client, "/account/email")
