"""The risk officer's pages: what they show, what they refuse, and that reading them is itself in the log."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.audit.keepers import Keepers
from tests.audit.tampering import settle
from verification.access.models import User
from verification.access.roles import Role
from verification.audit import verify_log, watches
from verification.audit.events import Event
from verification.audit.models import Entry, SignedCheckpoint, Watch
from verification.cases.models import Programme
from verification.review import claims, grants

from .days import count_everything

pytestmark = pytest.mark.django_db
PAGES = ("reports", "reports-log", "reports-log-csv")
HOSTILE = "=1+1\u202e<script>alert(1)</script>"


def signed_in(*roles: Role) -> tuple[Client, User]:
    person = factories.a_person(*roles)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client, person


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.RISK_OFFICER)[0]


def readings() -> list[str]:
    entries = Entry.objects.filter(event=Event.REPORT_READ.value).order_by("id")
    return [json.loads(entry.body)["facts"]["report"] for entry in entries]


def a_look_by(name: str) -> None:
    reviewer = factories.a_person(Role.REVIEWER)
    reviewer.display_name = name
    reviewer.save(update_fields=["display_name"])
    claim = factories.a_claim(reviewer)
    for token in grants.mint_tickets(claim.pk, reviewer, "s", claim.item.crops).values():
        grants.redeem(token, session_key="s", reviewer=reviewer)
    claims.release(claim.pk, reviewer)


def test_the_overview_says_how_far_the_log_is_counted(officer: Client) -> None:
    assert "Nothing of the log is counted yet." in officer.get(reverse("reports")).content.decode()
    officer.get(reverse("reports"))
    size = count_everything()
    officer.get(reverse("reports"))
    assert size > 1
    assert f", {size} entries. What came after" in " ".join(officer.get(reverse("reports")).content.decode().split())


def test_each_page_that_is_read_is_one_entry_in_the_log(officer: Client) -> None:
    officer.get(reverse("reports"))
    officer.get(reverse("reports-log"))
    assert readings() == ["overview", "log"]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR_REVIEWER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("page", PAGES)
def test_other_roles_are_refused_and_nothing_is_read(role: Role, page: str) -> None:
    client, person = signed_in(role)
    assert client.get(reverse(page)).status_code == 403
    assert client.post(reverse("reports-log-verify")).status_code == 403
    assert readings() == []
    refused = Entry.objects.filter(event=Event.ACCESS_DENIED.value, actor_id=str(person.pk))
    assert refused.count() == 2
    assert not Entry.objects.filter(event__in=[Event.LOG_EXPORTED.value, Event.LOG_VERIFIED.value]).exists()


def test_the_report_shows_the_figures_of_the_chosen_programme_only(officer: Client) -> None:
    mine, other = factories.a_programme(), factories.a_programme()
    factories.a_passed_case(mine)
    for _ in range(4):
        factories.a_passed_case(other)
    count_everything()
    page = officer.get(reverse("reports"), {"programme": str(mine.pk)}).content.decode()
    assert "1 case was closed by machine and 0 by people" in page
    assert "5 cases were closed by machine" in officer.get(reverse("reports")).content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"span": "year"},
        {"from": "2026-03-01"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"programme": "x"},
        {"programme": "00000000-0000-0000-0000-000000000000"},
        {"programme": "\x00"},
    ],
)
def test_a_period_that_cannot_be_read_is_said_and_the_last_seven_days_are_shown(
    officer: Client, asked: dict[str, str]
) -> None:
    answer = officer.get(reverse("reports"), asked)
    assert answer.status_code == 400
    assert "The last 7 days are shown instead." in answer.content.decode()


@pytest.mark.parametrize("asked", [{"event": "x"}, {"case": "7F3K"}, {"from": "soon"}, {"actor": "\x00"}])
def test_a_filter_that_cannot_be_read_shows_nothing_and_exports_nothing(officer: Client, asked: dict[str, str]) -> None:
    answer = officer.get(reverse("reports-log"), asked)
    assert answer.status_code == 400
    assert "Nothing is shown until the filter can be read." in answer.content.decode()
    assert officer.get(reverse("reports-log-csv"), asked).status_code == 302
    assert not Entry.objects.filter(event=Event.LOG_EXPORTED.value).exists()


@pytest.mark.parametrize("before", ["-1", "x", "9" * 30, "١"])
def test_a_page_number_that_is_none_is_the_newest_page(officer: Client, before: str) -> None:
    answer = officer.get(reverse("reports-log"), {"before": before})
    assert answer.status_code == 200
    assert "Report read" in answer.content.decode()


def test_hostile_names_are_harmless_on_every_page(officer: Client) -> None:
    a_look_by(HOSTILE)
    Programme.objects.update(name=HOSTILE)
    count_everything()
    for name in ("reports", "reports-log"):
        page = officer.get(reverse(name)).content.decode()
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "=1+1⟨U+202E⟩&lt;script&gt;" in page


def test_the_file_is_sent_as_an_attachment_that_no_cache_keeps(officer: Client) -> None:
    answer = officer.get(reverse("reports-log-csv"), {"event": "session:started"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-log-')
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b'"id","index"')  # type: ignore[attr-defined] # a streamed answer


def test_verifying_says_what_was_found_and_who_did_it() -> None:
    client, person = signed_in(Role.RISK_OFFICER)
    answer = client.post(reverse("reports-log-verify"), follow=True)
    page = answer.content.decode()
    assert "0 entries verified" in page
    assert str(person) in page
    entry = Entry.objects.get(event=Event.LOG_VERIFIED.value)
    assert entry.actor_id == str(person.pk)


def test_a_link_cannot_start_a_verification(officer: Client) -> None:
    assert officer.get(reverse("reports-log-verify")).status_code == 405
    assert not Entry.objects.filter(event=Event.LOG_VERIFIED.value).exists()


def test_a_risk_officer_cannot_take_a_case_or_open_a_picture(officer: Client) -> None:
    claim = factories.a_claim()
    for name in ("case-tickets", "case-pulse", "case-extend", "case-decide"):
        assert officer.post(reverse(name, args=[claim.pk])).status_code == 403
    assert officer.post(reverse("review-take")).status_code == 403
    assert officer.post(reverse("review-look"), {"ticket": "x"}).status_code == 403
    assert officer.get(reverse("case", args=[claim.pk])).status_code == 403
    assert not Entry.objects.filter(event=Event.CROP_VIEWED.value).exists()


def test_no_page_of_the_risk_officer_holds_a_picture_or_a_note(officer: Client) -> None:
    a_look_by("Mira")
    for name in ("reports", "reports-log"):
        page = officer.get(reverse(name)).content.decode()
        assert "<img" not in page
        assert "<canvas" not in page
        assert "style=" not in page


def test_a_proof_is_not_to_be_had_before_the_entry_has_its_place(officer: Client) -> None:
    officer.get(reverse("reports"))
    entry = Entry.objects.latest("id")
    answer = officer.get(reverse("reports-log-proof", args=[entry.pk]), follow=True)
    assert "has no place yet; that takes a second or two." in answer.content.decode()
    assert not Entry.objects.filter(event=Event.LOG_EXPORTED.value).exists()


def test_the_log_page_says_how_far_it_is_signed_and_what_is_wrong_with_that(officer: Client) -> None:
    page = officer.get(reverse("reports-log")).content.decode()
    assert "Not signed yet" in page
    SignedCheckpoint.objects.create(origin="test.example/log", size=5, note="", witnessed_at=timezone.now())
    assert "Signed and witnessed" in officer.get(reverse("reports-log")).content.decode()
    SignedCheckpoint.objects.create(origin="test.example/log", size=9, note="")
    watches.say(Watch.Part.WITNESS, "away")
    page = officer.get(reverse("reports-log")).content.decode()
    assert "The first 9 entries are signed" in page
    assert "The witness saw the first 5" in page
    assert '<span class="tag stop">Unwitnessed</span>' in page


@pytest.mark.django_db(transaction=True)
def test_a_proof_is_a_file_that_the_verifier_reads_and_is_on_the_record(keepers: Keepers) -> None:
    client, person = signed_in(Role.RISK_OFFICER)
    client.get(reverse("reports-log"))
    settle()
    keepers.publish()
    page = client.get(reverse("reports-log")).content.decode()
    entry = Entry.objects.get(
        event=Event.REPORT_READ.value, body__contains='"log"', id__lt=Entry.objects.latest("id").pk
    )
    address = reverse("reports-log-proof", args=[entry.pk])
    assert f'href="{address}"' in page
    answer = client.get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="entry-{entry.pk}.tlog-proof"'
    assert verify_log.verify_proof(answer.content.decode(), keepers.keys).body == entry.body
    assert Entry.objects.get(event=Event.LOG_EXPORTED.value).actor_id == str(person.pk)
