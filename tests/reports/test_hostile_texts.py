"""No text that somebody else chose becomes an element, a formula, or an order to turn round what stands beside it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import a_person
from verification.access.roles import Role
from verification.cases.models import Programme
from verification.reports.registry import REPORTS

from .hostile import PAYLOADS, a_hostile_site, words_in

# What a page has of its own that nobody sees; everything else that is unseen came from somebody.
OF_THE_PAGE = {"\n", "\r", "\t"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "|", "%")
LANGUAGES = ("en", "zh-hans")


def unseen(text: str) -> set[str]:
    """The code points of characters that control what stands around them."""
    harmful = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return {f"U+{ord(one):04X}" for one in set(text) - OF_THE_PAGE if unicodedata.category(one) in harmful}


def windows() -> tuple[dict[str, str], dict[str, str]]:
    programme = Programme.objects.first()
    assert programme is not None
    return {"span": "30d"}, {"span": "30d", "programme": str(programme.pk)}


def pages(client: Client) -> Iterator[tuple[str, str]]:
    yield "log", text_of(client, reverse("reports-log"))
    for asked in windows():
        yield "overview", text_of(client, reverse("reports"), asked)
    for key, language, asked in product(REPORTS, LANGUAGES, windows()):
        yield f"{key} {language}", text_of(client, reverse("report", args=[key]), asked | {"language": language})


def files(client: Client) -> Iterator[tuple[str, str]]:
    yield "log", text_of(client, reverse("reports-log-csv"))
    for key, language, asked in product(REPORTS, LANGUAGES, windows()):
        yield f"{key} {language}", text_of(client, reverse("report-csv", args=[key]), asked | {"language": language})


def text_of(client: Client, address: str, asked: dict[str, str] | None = None) -> str:
    answer = client.get(address, asked or {})
    assert answer.status_code == 200, address
    content: bytes = answer.getvalue()
    return content.decode("utf-8-sig")


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(a_person(Role.RISK_OFFICER))
    return client


def insist_on_a_harmless_page(page: str, place: str) -> None:
    assert unseen(page) == set(), place
    assert "<img src=x" not in page, place
    assert "<script>q()" not in page, place
    assert not re.search(r"(?<!\d)14Kestrel", page), place


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAYLOADS)
def test_no_page_no_cell_and_no_sheet_of_paper_obeys_a_text(name: str, officer: Client) -> None:
    a_hostile_site(PAYLOADS[name])
    for place, page in pages(officer):
        insist_on_a_harmless_page(page, place)
    for place, file in files(officer):
        insist_on_harmless_cells(file, place)
    for key in REPORTS:
        answer = officer.get(reverse("report-pdf", args=[key]), windows()[1])
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-"), key


def insist_on_harmless_cells(file: str, place: str) -> None:
    rows = list(csv.reader(io.StringIO(file, newline=""), strict=True))
    assert len(rows) > 3
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(FORMULA) or is_number(cell), (place, cell)
        assert unseen(cell) == set(), (place, cell)
        assert not OF_THE_PAGE & set(cell), (place, cell)


def is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell))


# What a risk officer can read somewhere. A text that a report begins to show is tried above, and then listed here.
SHOWN = {
    "ApiKey.label", "Case.policy", "Fusion.rule", "Programme.name", "Programme.purpose", "StoredResult.model",
    "User.display_name", "User.username", "a code", "a fact", "a list", "a version", "an actor", "an event",
}  # fmt: skip
IN_FILES = SHOWN - {"User.username"}


@pytest.mark.django_db
def test_the_texts_are_really_there(officer: Client) -> None:
    """Otherwise nothing would have been tried."""
    a_hostile_site("=<b>")
    assert {name for _, page in pages(officer) for name in words_in(page)} == SHOWN
    assert {name for _, file in files(officer) for name in words_in(file)} == IN_FILES


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("reports-log", ("event", "actor", "case", "from", "to", "before")),
        ("reports", ("span", "from", "to", "programme")),
        ("report", ("span", "from", "to", "programme", "language")),
        ("report-what-if", ("check", "threshold", "span", "programme")),
    ],
)
def test_a_link_that_somebody_sent_cannot_make_a_page_say_anything(
    address: str, fields: tuple[str, ...], officer: Client
) -> None:
    arguments: list[Any] = ["who-looked"] if address == "report" else []
    for field, payload in product(fields, PAYLOADS.values()):
        answer = officer.get(reverse(address, args=arguments), {field: payload})
        assert answer.status_code in {200, 400}
        insist_on_a_harmless_page(answer.content.decode(), f"{address} {field}")


def test_every_file_of_cells_is_written_by_one_of_two_writers_that_make_cells_harmless() -> None:
    house = Path(settings.BASE_DIR) / "verification"
    writers = {path.name for path in house.rglob("*.py") if "csv.writer" in path.read_text(encoding="utf-8")}
    assert writers == {"csv_file.py", "export.py", "demo_known.py"}
