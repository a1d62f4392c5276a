"""The administrator's screens: people, roles and passwords, programmes and keys; what is refused says why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_person, a_programme
from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.roles import MEANING, Role
from verification.audit.models import Entry
from verification.cases.models import ApiKey, Programme
from verification.cases.programmes import find_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> User:
    user = a_person(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def page(response: Any) -> str:
    return str(response.content.decode())


def secret_on(response: Any) -> str:
    found = re.search(r"data-secret>([^<]+)<", page(response))
    assert found is not None
    return found.group(1)


def test_giving_a_role_says_in_words_what_it_allows(client: Client, administrator: User) -> None:
    shown = page(client.get(reverse("person", args=[a_person().pk])))
    assert all(meaning in shown for meaning in MEANING.values())


def test_a_role_is_given_and_taken(client: Client, administrator: User) -> None:
    person = a_person()
    client.post(reverse("person-give", args=[person.pk]), {"role": "reviewer"})
    assert facts_about(person).roles == {Role.REVIEWER}
    client.post(reverse("person-take", args=[person.pk]), {"role": "reviewer"})
    assert facts_about(person).roles == frozenset()


def test_nobody_gives_themselves_a_role_and_the_page_says_why(client: Client, administrator: User) -> None:
    own = reverse("person", args=[administrator.pk])
    assert "Nobody changes their own roles" in page(client.get(own))
    response = client.post(reverse("person-give", args=[administrator.pk]), {"role": "reviewer"}, follow=True)
    assert "Nobody gives a role to themselves." in page(response)
    assert facts_about(administrator).roles == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("verb", ["person-deactivate", "person-reactivate", "person-password"])
def test_nobody_changes_their_own_access(client: Client, administrator: User, verb: str) -> None:
    response = client.post(reverse(verb, args=[administrator.pk]), follow=True)
    assert "Nobody changes their own access." in page(response)


def test_roles_that_exclude_each_other_have_a_reason_instead_of_a_button(client: Client, administrator: User) -> None:
    auditor = a_person(Role.RISK_OFFICER)
    shown = page(client.get(reverse("person", args=[auditor.pk])))
    assert shown.count("are kept apart") == 3
    client.post(reverse("person-give", args=[auditor.pk]), {"role": "reviewer"})
    assert facts_about(auditor).roles == {Role.RISK_OFFICER}


def test_an_unknown_role_or_person_is_not_found(client: Client, administrator: User) -> None:
    assert client.post(reverse("person-give", args=[a_person().pk]), {"role": "owner"}).status_code == 404
    assert client.get(reverse("person", args=[a_programme().pk])).status_code == 404


def test_a_new_person_gets_a_password_that_is_shown_once_and_works(client: Client, administrator: User) -> None:
    response = client.post("/people", {"username": "mei.lin", "display_name": "Mei Lin"})
    password = secret_on(response)
    assert password not in page(client.get("/people"))
    assert Client().post("/login", {"username": "mei.lin", "password": password}).status_code == 302
    assert not any(password in body or "mei.lin" in body for body in Entry.objects.values_list("body", flat=True))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"username": "", "display_name": "Mei"}, "Give a user name"),
        ({"username": "two words", "display_name": "Mei"}, "Give a user name"),
        ({"username": "mei", "display_name": "x" * 81}, "Give a name of up to 80"),
        ({"username": "mei", "display_name": "Mei \u202e nil"}, "Give a name of up to 80"),
        ({"username": "nul\x00", "display_name": "Mei"}, "Give a user name"),
    ],
)
def test_a_name_that_could_deceive_is_refused(
    client: Client, administrator: User, fields: dict[str, str], sentence: str
) -> None:
    response = client.post("/people", fields)
    assert response.status_code == 422
    assert sentence in page(response)
    assert User.objects.count() == 1


def test_a_user_name_that_is_taken_is_refused_in_any_capitals(client: Client, administrator: User) -> None:
    response = client.post("/people", {"username": administrator.username.upper(), "display_name": "Another"})
    assert response.status_code == 422
    assert "Somebody has that user name already." in page(response)


def test_names_are_shown_as_text_and_never_as_markup(client: Client, administrator: User) -> None:
    client.post("/people", {"username": "x", "display_name": "<b>bold</b>"})
    assert "<b>bold</b>" not in page(client.get("/people"))


def test_access_ends_and_is_restored_with_its_roles(client: Client, administrator: User) -> None:
    person = a_person(Role.REVIEWER)
    client.post(reverse("person-deactivate", args=[person.pk]))
    assert "access has ended" in page(client.get(reverse("person", args=[person.pk])))
    client.post(reverse("person-reactivate", args=[person.pk]))
    person.refresh_from_db()
    assert facts_about(person).roles == {Role.REVIEWER}
    assert person.is_active


def test_a_programmes_key_is_shown_once_works_and_is_revoked(client: Client, administrator: User) -> None:
    client.post("/programmes", {"name": "Harbour Bank", "purpose": "Opening an account"})
    programme = Programme.objects.get()
    presented = secret_on(client.post(reverse("programme-key", args=[programme.pk]), {"label": "Onboarding"}))
    assert presented not in page(client.get("/programmes"))
    assert find_key(presented) is not None
    address = reverse("programme-key-revoke", args=[ApiKey.objects.get().pk])
    assert "is revoked" in page(client.post(address, follow=True))
    assert "had been revoked before" in page(client.post(address, follow=True))
    assert find_key(presented) is None


def test_a_programme_needs_a_name_of_its_own_and_a_purpose(client: Client, administrator: User) -> None:
    programme = a_programme()
    repeated = client.post("/programmes", {"name": programme.name, "purpose": "Again"})
    assert (repeated.status_code, "exists already" in page(repeated)) == (422, True)
    empty = client.post("/programmes", {"name": "Zoo", "purpose": " "})
    assert (empty.status_code, "This cannot be empty." in page(empty)) == (422, True)


def test_a_key_without_a_label_is_refused_beside_its_form(client: Client, administrator: User) -> None:
    response = client.post(reverse("programme-key", args=[a_programme().pk]), {"label": ""})
    assert (response.status_code, "This cannot be empty." in page(response)) == (422, True)
