"""Programmes and their keys."""

from __future__ import annotations

import pytest

from tests.factories import a_programme
from verification.audit.events import OPERATOR, Actor
from verification.audit.models import Entry
from verification.cases.models import ApiKey, Programme
from verification.cases.programmes import (
    InvalidProgramme,
    create_programme,
    find_key,
    issue_key,
    revoke_key,
    subject_hash,
)

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor.person("0b8c7a52-4f5e-4f0e-9d43-6f2f3a1f7c10")


def test_a_programme_is_recorded_with_who_created_it() -> None:
    programme = create_programme(ADMINISTRATOR, " Opening accounts ", "To open an account from home")
    assert programme.name == "Opening accounts"
    entry = Entry.objects.get(event="programme:created")
    assert entry.actor_id == ADMINISTRATOR.id
    assert str(programme.pk) in entry.body
    assert "Opening" not in entry.body


@pytest.mark.parametrize(
    ("name", "purpose", "wrong"),
    [
        ("", "purpose", {"name"}),
        ("   ", "", {"name", "purpose"}),
        ("x" * 81, "purpose", {"name"}),
        ("name", "x" * 201, {"purpose"}),
        ("two\nlines", "purpose", {"name"}),
        ("turned \u202e round", "purpose", {"name"}),
        ("zero\0", "purpose", {"name"}),
    ],
)
def test_a_programme_that_cannot_be_read_plainly_is_refused(name: str, purpose: str, wrong: set[str]) -> None:
    with pytest.raises(InvalidProgramme) as refused:
        create_programme(ADMINISTRATOR, name, purpose)
    assert refused.value.errors.keys() == wrong
    assert not Programme.objects.exists()
    assert not Entry.objects.exists()


def test_two_programmes_cannot_have_one_name() -> None:
    create_programme(ADMINISTRATOR, "Zoo", "Entrance")
    with pytest.raises(InvalidProgramme) as refused:
        create_programme(ADMINISTRATOR, "Zoo", "Another entrance")
    assert "name" in refused.value.errors
    assert Entry.objects.filter(event="programme:created").count() == 1


def test_an_issued_key_is_found_again() -> None:
    key, presented = issue_key(ADMINISTRATOR, a_programme(), "main")
    assert find_key(presented) == key


def test_a_key_is_stored_nowhere() -> None:
    key, presented = issue_key(ADMINISTRATOR, a_programme(), "main")
    secret = presented.removeprefix("fvk_")
    key.refresh_from_db()
    assert secret not in str(vars(key))
    assert secret.encode() not in bytes(key.digest)
    assert not Entry.objects.filter(body__contains=secret[:8]).exists()


def test_every_key_is_another_one() -> None:
    programme = a_programme()
    assert len({issue_key(OPERATOR, programme, "main")[1] for _ in range(20)}) == 20


@pytest.mark.parametrize("label", ["", "x" * 81, "a\tb"])
def test_a_key_needs_a_label_that_people_can_read(label: str) -> None:
    with pytest.raises(InvalidProgramme):
        issue_key(ADMINISTRATOR, a_programme(), label)
    assert not ApiKey.objects.exists()


def test_a_revoked_key_is_not_found() -> None:
    key, presented = issue_key(ADMINISTRATOR, a_programme(), "main")
    assert revoke_key(ADMINISTRATOR, key)
    assert find_key(presented) is None


def test_a_key_is_revoked_once() -> None:
    key, _ = issue_key(ADMINISTRATOR, a_programme(), "main")
    assert revoke_key(ADMINISTRATOR, key)
    revoked_at = ApiKey.objects.get(pk=key.pk).revoked_at
    assert not revoke_key(ADMINISTRATOR, key)
    assert ApiKey.objects.get(pk=key.pk).revoked_at == revoked_at
    assert Entry.objects.filter(event="key:revoked").count() == 1


def test_issuing_and_revoking_are_logged_by_the_keys_id() -> None:
    key, _ = issue_key(ADMINISTRATOR, a_programme(), "main")
    revoke_key(ADMINISTRATOR, key)
    entries = Entry.objects.filter(event__startswith="key:").order_by("id")
    assert [entry.event for entry in entries] == ["key:created", "key:revoked"]
    assert all(str(key.pk) in entry.body and entry.actor_id == ADMINISTRATOR.id for entry in entries)


@pytest.mark.parametrize(
    "presented", ["", "fvk_", "fvk_" + "A" * 43, "A" * 47, "fvk_\0" + "A" * 42, "fvk_é" + "A" * 42]
)
def test_no_other_text_is_a_key(presented: str) -> None:
    issue_key(OPERATOR, a_programme(), "main")
    assert find_key(presented) is None


def test_a_subject_looks_different_in_another_programme_and_under_another_key(settings: object) -> None:
    one, other = a_programme(), a_programme()
    hashes = [subject_hash(one, "a"), subject_hash(other, "a"), subject_hash(one, "b")]
    settings.PSEUDONYM_KEY = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="  # type: ignore[attr-defined]  # pytest-django's fixture
    hashes.append(subject_hash(one, "a"))
    assert len(set(hashes)) == 4
    assert all(len(bytes.fromhex(each)) == 32 for each in hashes)
