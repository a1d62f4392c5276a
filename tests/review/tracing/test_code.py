"""The code gives the bits back although many readings are wrong."""

from __future__ import annotations

import numpy as np
import pytest

from verification.review.tracing.code import CODED, Soft, decode, encode
from verification.review.tracing.payload import LENGTH, Bits


def message(number: int) -> Bits:
    return np.random.default_rng(number).integers(0, 2, LENGTH).astype(np.uint8)


def readings(bits: Bits) -> Soft:
    return 1.0 - 2.0 * encode(bits).astype(np.float64)


@pytest.mark.parametrize("number", range(10))
def test_clean_readings_decode(number: int) -> None:
    assert (decode(readings(message(number))) == message(number)).all()


@pytest.mark.parametrize("number", range(10))
def test_one_reading_in_ten_may_be_wrong(number: int) -> None:
    heard = readings(message(number))
    assert heard.shape == (CODED,)
    heard[np.random.default_rng(number + 100).choice(CODED, CODED // 10, replace=False)] *= -1
    assert (decode(heard) == message(number)).all()


@pytest.mark.parametrize("number", range(5))
def test_half_of_the_readings_may_be_missing(number: int) -> None:
    heard = readings(message(number))
    heard[np.random.default_rng(number + 200).choice(CODED, CODED // 2, replace=False)] = 0
    assert (decode(heard) == message(number)).all()


def test_different_messages_differ_widely() -> None:
    base, other = message(1), message(1)
    other[LENGTH // 2] ^= 1
    assert int((encode(base) != encode(other)).sum()) >= 18
