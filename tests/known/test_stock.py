"""The stock is sealed to the worker's key, each pair in its place, and empty once it is retired."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from tests.factories import a_person
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.known import sets, stock
from verification.known.models import KnownPair
from verification.review import queue
from verification.vault import crypto
from verification.vault.store import VaultLocked

from .listed import a_set, taken_in
from .stocked import a_followed_case, a_known_case_in_review, a_pair, follow

pytestmark = pytest.mark.django_db


def opened(pair: KnownPair) -> dict[str, bytes]:
    with transaction.atomic():
        return stock.open_pair(pair.pk)[1]


def test_the_worker_opens_what_was_put_in() -> None:
    pair = a_pair()
    images = opened(pair)
    assert stock.digest_of(images["reference"], images["live-0"]) == bytes(pair.digest)


def test_an_imported_picture_is_the_decoders_and_not_the_senders(tmp_path: Path) -> None:
    taken_in(a_set(tmp_path, ("a.png", "b.png", "yes", "yes")))
    assert {image[:3] for image in opened(KnownPair.objects.get()).values()} == {b"\xff\xd8\xff"}


def test_the_web_process_and_the_command_line_cannot_open_the_stock(settings: Any) -> None:
    pair = a_pair()
    settings.FRAME_PRIVATE_KEY = ""
    with pytest.raises(VaultLocked, match="FRAME_PRIVATE_KEY"):
        opened(pair)
    settings.FRAME_PRIVATE_KEY = settings.CROP_PRIVATE_KEY
    with pytest.raises(stock.PairDamaged):
        opened(pair)


def test_no_picture_lies_open_in_the_database(tmp_path: Path) -> None:
    directory = a_set(tmp_path, ("a.png", "b.png", "yes", "yes"))
    taken_in(directory)
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped, reference, live_image FROM known_pair")
        row = b"".join(bytes(value) for value in cursor.fetchone())
    assert b"\xff\xd8\xff" not in row[:512]
    assert b"JFIF" not in row
    assert (directory / "a.png").read_bytes() not in row


def test_a_process_without_the_public_key_takes_nothing_in(settings: Any) -> None:
    settings.FRAME_PUBLIC_KEY = ""
    with pytest.raises(VaultLocked, match="FRAME_PUBLIC_KEY"):
        a_pair()
    assert not KnownPair.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("field", ["wrapped", "reference", "live_image"])
def test_a_pair_that_was_changed_or_swapped_does_not_open(field: str) -> None:
    pair, other = a_pair(), a_pair()
    KnownPair.objects.filter(pk=pair.pk).update(**{field: getattr(other, field)})
    with pytest.raises(stock.PairDamaged):
        opened(pair)


def test_reference_and_live_image_cannot_change_places() -> None:
    pair = a_pair()
    KnownPair.objects.filter(pk=pair.pk).update(reference=pair.live_image, live_image=pair.reference)
    with pytest.raises(stock.PairDamaged):
        opened(pair)


def test_retiring_a_set_empties_its_pairs_and_no_others() -> None:
    pair, other = a_pair(), a_pair(set_name="other")
    assert stock.retire("volunteers", actor=OPERATOR) == 1
    pair.refresh_from_db()
    assert (pair.wrapped, pair.reference, pair.live_image) == (None, None, None)
    with pytest.raises(stock.PairRetired):
        opened(pair)
    assert opened(other)
    assert stock.retire("volunteers", actor=OPERATOR) == 0
    assert Entry.objects.filter(event=Event.KNOWN_RETIRED).count() == 1


def test_the_database_refuses_a_retired_pair_that_still_holds_something() -> None:
    pair = a_pair()
    with pytest.raises(IntegrityError, match="a_retired_pair_is_empty"):
        KnownPair.objects.filter(pk=pair.pk).update(retired_at=pair.imported_at, wrapped=None, reference=None)


def test_a_retired_pair_does_not_come_back_by_another_import(tmp_path: Path) -> None:
    directory = a_set(tmp_path, ("a.png", "b.png", "yes", "yes"))
    taken_in(directory)
    stock.retire("volunteers", actor=OPERATOR)
    done = taken_in(directory, set_name="again")
    assert [problem.sentence for problem in done.problems] == [
        "this pair was retired with the set volunteers, and stays so."
    ]
    assert sets.in_stock() == sets.Stock(genuine=0, impostors=0, resting=0)


@pytest.mark.django_db(transaction=True)
def test_retiring_erases_the_cases_that_were_made_of_the_set_and_are_open() -> None:
    waiting = a_known_case_in_review()
    a_pair()
    unchecked = follow(a_followed_case())
    assert unchecked is not None
    out = StringIO()
    call_command("known_cases", "retire", "--set", "volunteers", stdout=out)
    assert out.getvalue() == "2 pairs emptied, 2 open cases erased.\n"
    cases = Case.objects.filter(pk__in=[waiting.pk, unchecked.pk])
    assert set(cases.values_list("status", flat=True)) == {CaseStatus.ERASED}
    assert not waiting.media.filter(deleted_at__isnull=True).exists()
    assert not waiting.media_keys.filter(wrapped__isnull=False).exists()
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    assert claim.item.case.known is False


def test_retiring_what_is_not_there_says_so() -> None:
    with pytest.raises(CommandError, match="nothing to retire"):
        call_command("known_cases", "retire", "--set", "nobody")


def test_a_used_pair_rests_in_the_counts() -> None:
    a_pair()
    a_pair(same=False)
    follow(a_followed_case())
    state = sets.in_stock()
    assert (state.genuine + state.impostors, state.resting) == (1, 1)
    (only,) = sets.sets()
    assert (only.genuine, only.impostors, only.ready, only.retired) == (1, 1, 1, 0)


def test_sealing_is_bound_to_the_pair_and_to_nothing_of_a_case() -> None:
    """The wrapped key of a pair opens under no purpose of the vault's own."""
    pair = a_pair()
    assert pair.wrapped is not None
    for purpose in ("frame", "capture", "crop", "wider"):
        with pytest.raises(crypto.WrongKey):
            crypto.unwrap(
                bytes(pair.wrapped), configured.FRAME_PRIVATE_KEY, purpose=purpose, case_id=pair.pk, version=1
            )
