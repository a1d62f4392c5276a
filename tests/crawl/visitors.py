"""Everybody who may come, and every address that they may try, with all the ids that they could have got hold of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import product
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.factories import Invited
from verification.access.models import User

SIGNED_OUT, RELYING_PARTY, PERSON = "signed out", "relying party", "person"


@dataclass
class Visitor:
    """Somebody at a browser or a program with a key. `user` is None for whoever is no member of staff."""

    who: str
    client: Client = field(default_factory=Client)
    user: User | None = None

    @classmethod
    def staff(cls, who: str, user: User) -> Visitor:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        # The first request of a session is noted in it; here once, and not at each address anew.
        client.get(reverse("home"))
        return cls(who, client, user)

    @classmethod
    def with_key(cls, presented: str) -> Visitor:
        return cls(RELYING_PARTY, Client(headers={"authorization": f"Bearer {presented}"}))

    @classmethod
    def with_cookie(cls, invited: Invited) -> Visitor:
        visitor = cls(PERSON)
        visitor.client.cookies["capture"] = invited.cookie
        return visitor

    def tickets(self, claims: Sequence[UUID], crops: Sequence[str]) -> list[str]:
        """Every ticket to a crop that this visitor gets for the asking."""
        answers = [self.client.post(reverse("case-tickets", args=[claim]), {"media": crops}) for claim in claims]
        return [
            ticket for answer in answers if answer.status_code == 200 for ticket in answer.json()["tickets"].values()
        ]

    def wider_tickets(self, claims: Sequence[UUID]) -> list[str]:
        answers = [self.client.post(reverse("case-wider-ticket", args=[claim])) for claim in claims]
        return [answer.json()["ticket"] for answer in answers if answer.status_code == 200]


@dataclass(frozen=True)
class Answer:
    """What somebody was given at one address. `name` is where they were led in the end."""

    who: str
    name: str
    method: str
    status: int
    kind: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.who}: {self.method} {self.name} answered {self.status}"


@dataclass
class Things:
    """The ids behind each address's parameters, the crops there are, and tickets that were taken from somebody."""

    ids: dict[str, list[Any]]
    crops: list[str]
    stolen: list[str] = field(default_factory=list)
    # Addresses that do not know a method: they are asked by one visitor, and would answer the others alike.
    deaf: set[tuple[str, str]] = field(default_factory=set)

    @property
    def claims(self) -> list[UUID]:
        return self.ids["claim_id"]


# Names of fields repeat from form to form; where one word will not do for all, the address has its own.
FIELDS: dict[str, Any] = {
    "same_person": "same",
    "alive": "live",
    "confidence": "4",
    "reasons": ["features_agree"],
    "note": "",
    "then": "next",
    "tier": "1",
    "reason": "welfare",
    "sentence": "The mark below the chin may be a bruise.",
    "minutes": "10",
    "to": "senior",
    "kind": "signs_of_harm",
    "outcome": "no_concern",
    "hold": "keep",
    "answer": "yes",
    "text": "Rang the branch.",
    "role": "reviewer",
    "label": "A label",
    "choice": "camera",
    "topic": ["notices", "wider", "incidents", "holds", "queue"],
    "viewing": "{}",
}


def crawl(visitor: Visitor, things: Things) -> Iterator[Answer]:
    """Every address with every id, read and written to, each as if none of the others had been."""
    for name, arguments in _addresses(things.ids):
        address = reverse(name, kwargs=arguments)
        for method in ("get", "post"):
            if (name, method) in things.deaf:
                continue
            with undone(visitor.client):
                answer = _asked(visitor, method, address, FIELDS if method == "post" else {})
            if answer.status == HTTPStatus.METHOD_NOT_ALLOWED and answer.name == name:
                things.deaf.add((name, method))
            yield answer
    yield from _looks(visitor, things)


def _looks(visitor: Visitor, things: Things) -> Iterator[Answer]:
    """The doors to pixels, with one's own tickets and with those of others."""
    with undone(visitor.client):
        for ticket in [*visitor.tickets(things.claims, things.crops), *things.stolen]:
            yield _asked(visitor, "post", reverse("review-look"), {"ticket": ticket})
    with undone(visitor.client):
        for ticket in [*visitor.wider_tickets(things.claims), *things.stolen]:
            yield _asked(visitor, "post", reverse("wider-look"), {"ticket": ticket})


def _asked(visitor: Visitor, method: str, address: str, fields: Mapping[str, Any]) -> Answer:
    """Whoever is led on goes there, save to the door, which is an address of its own and shows everybody the same."""
    response, ways = getattr(visitor.client, method)(address, fields), 0
    while response.status_code == 302 and not response["Location"].startswith("/login") and ways < 5:
        address, ways = response["Location"], ways + 1
        response = visitor.client.get(address)
    name = resolve(urlsplit(address).path).view_name
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return Answer(visitor.who, name, method, response.status_code, kind, response.getvalue())


class undone:  # noqa: N801 - reads as the words `with undone`
    """Take back whatever was written meanwhile, and the cookies."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __enter__(self) -> None:
        self.cookies = self.client.cookies.output(header="")
        self.before = transaction.savepoint()

    def __exit__(self, *_error: object) -> None:
        transaction.savepoint_rollback(self.before)
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)


def _addresses(ids: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each name with each choice of ids. A parameter without ids is a mistake here: nothing would be tried there."""
    for name, parameters in _named(get_resolver().url_patterns, "", ()):
        for chosen in product(*(ids[parameter] for parameter in parameters)):
            yield name, dict(zip(parameters, chosen, strict=True))


def _named(
    patterns: Sequence[URLPattern | URLResolver], space: str, before: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        parameters = (*before, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space, parameters)
        else:
            assert pattern.name, pattern
            yield space + pattern.name, parameters
