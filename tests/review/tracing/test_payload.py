"""A payload comes back only under its seal and its key, and its proof fits one entry's content and no other's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.review.tracing.payload import LENGTH, NUMBER_BITS, payload_of, sealed, unsealed

from .pictures import ANOTHER_KEY, KEY, LOOK

NUMBERS = st.integers(0, (1 << NUMBER_BITS) - 1)


@given(NUMBERS, st.text(max_size=50))
def test_what_was_sealed_comes_back(number: int, content: str) -> None:
    payload = payload_of(number, content, KEY)
    bits = sealed(payload, KEY)
    assert len(bits) == LENGTH
    assert unsealed(bits, KEY) == payload


@pytest.mark.parametrize("place", range(LENGTH))
def test_one_wrong_bit_breaks_the_seal(place: int) -> None:
    bits = sealed(LOOK, KEY)
    bits[place] ^= 1
    assert unsealed(bits, KEY) is None


def test_another_key_opens_nothing() -> None:
    assert unsealed(sealed(LOOK, KEY), ANOTHER_KEY) is None


def test_random_bits_open_nothing() -> None:
    random = np.random.default_rng(1)
    assert not any(unsealed(random.integers(0, 2, LENGTH).astype(np.uint8), KEY) for _ in range(5000))


def test_the_proof_depends_on_the_content_the_number_and_the_key() -> None:
    proofs = {
        payload_of(7, "who looked", KEY).proof,
        payload_of(7, "who looked, rewritten", KEY).proof,
        payload_of(8, "who looked", KEY).proof,
        payload_of(7, "who looked", ANOTHER_KEY).proof,
    }
    assert len(proofs) == 4


@pytest.mark.parametrize("number", [-1, 1 << NUMBER_BITS])
def test_a_number_without_room_is_refused(number: int) -> None:
    with pytest.raises(OverflowError, match="no room"):
        payload_of(number, "", KEY)
