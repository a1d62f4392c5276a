"""The demo has pairs with known answers: enough for known cases, of both kinds, taken in once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reviewconsole.embedded.demo import DEFAULTS
from tests.known.stocked import a_followed_case
from verification.audit.events import OPERATOR
from verification.known import seeding, sets, stock
from verification.known.models import KnownPair
from verification.management import demo_known
from verification.management.commands.prepare import stock_known_pairs

pytestmark = pytest.mark.django_db


def test_the_set_is_taken_in_whole_and_has_as_many_noes_as_yeses() -> None:
    stock_known_pairs()
    assert sets.in_stock() == sets.Stock(genuine=3, impostors=3, resting=0)
    assert set(KnownPair.objects.values_list("permitted_by", flat=True)) == {demo_known.PERMISSION}


def test_a_second_run_adds_nothing_and_brings_back_nothing_that_was_retired() -> None:
    stock_known_pairs()
    stock.retire(demo_known.SET, actor=OPERATOR)
    stock_known_pairs()
    assert sets.in_stock() == sets.Stock(genuine=0, impostors=0, resting=0)


def test_the_same_photographs_give_the_same_files(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        demo_known.write_set(tmp_path / name)
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]


def test_with_the_demo_s_settings_a_known_case_follows_for_certain(settings: Any) -> None:
    settings.KNOWN_CASE_SHARE = float(DEFAULTS["KNOWN_CASE_SHARE"])
    settings.KNOWN_CASE_SPREAD_MINUTES = int(DEFAULTS["KNOWN_CASE_SPREAD_MINUTES"])
    stock_known_pairs()
    assert seeding.follow(a_followed_case().pk) is not None
