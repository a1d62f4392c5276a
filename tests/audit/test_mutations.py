"""Whatever a superuser changes in a published log, the verifier finds, and names the first entry that was touched."""

from __future__ import annotations

from random import Random

import pytest

from verification.audit import records, verify_log

from .keepers import Keepers
from .mutations import ENTRIES, MUTATIONS, a_published_log, found_after

pytestmark = pytest.mark.django_db(transaction=True)
# The figure for 10,000 is in tests/benchmarks/bench_log.py.
ROUNDS = 20


def test_each_of_three_hundred_random_mutations_is_found_where_it_begins(keepers: Keepers) -> None:
    a_published_log(keepers)
    draw = Random(20_260_101)  # noqa: S311 - the same draw at every run
    for _ in range(ROUNDS):
        for mutate in MUTATIONS:
            begun, found = found_after(mutate, draw, keepers)
            assert found.bad_index == begun, (mutate.__name__, begun, found.reason)
    whole = verify_log.verify(records.records(), keepers.keys, keepers.anchors)
    assert (bool(whole), whole.entries, whole.signed) == (True, ENTRIES, ENTRIES)
