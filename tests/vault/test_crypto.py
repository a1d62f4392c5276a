"""The two layers open where they were made to open, and nowhere else."""

from base64 import b64decode, b64encode
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.vault import crypto

CASE, OTHER_CASE = uuid4(), uuid4()
PRIVATE, PUBLIC = crypto.new_keypair()
DATA_KEY = crypto.new_data_key()


def sealed(plaintext: bytes = b"a face") -> bytes:
    return crypto.seal(DATA_KEY, plaintext, case_id=CASE, kind="live-0", version=1)


def wrapped() -> bytes:
    return crypto.wrap(DATA_KEY, PUBLIC, purpose="frame", case_id=CASE, version=1)


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_again(plaintext: bytes) -> None:
    content = sealed(plaintext)

    assert len(content) == len(plaintext) + 28
    assert crypto.open_sealed(DATA_KEY, content, case_id=CASE, kind="live-0", version=1) == plaintext


def test_the_same_image_is_never_sealed_to_the_same_bytes() -> None:
    assert len({sealed() for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("case_id", "kind", "version"), [(OTHER_CASE, "live-0", 1), (CASE, "live-1", 1), (CASE, "live-0", 2)]
)
def test_a_sealed_image_opens_in_no_other_place(case_id: UUID, kind: str, version: int) -> None:
    with pytest.raises(crypto.Tampered):
        crypto.open_sealed(DATA_KEY, sealed(), case_id=case_id, kind=kind, version=version)


def test_a_sealed_image_does_not_open_with_another_data_key() -> None:
    with pytest.raises(crypto.Tampered):
        crypto.open_sealed(crypto.new_data_key(), sealed(), case_id=CASE, kind="live-0", version=1)


@pytest.mark.parametrize("length", [0, 11, 27, 28, 33])
def test_a_shortened_image_does_not_open(length: int) -> None:
    with pytest.raises(crypto.Tampered):
        crypto.open_sealed(DATA_KEY, sealed()[:length], case_id=CASE, kind="live-0", version=1)


def test_a_flip_of_any_single_byte_is_noticed() -> None:
    content = sealed()
    for place in range(len(content)):
        flipped = content[:place] + bytes((content[place] ^ 1,)) + content[place + 1 :]
        with pytest.raises(crypto.Tampered):
            crypto.open_sealed(DATA_KEY, flipped, case_id=CASE, kind="live-0", version=1)


def test_a_wrapped_key_opens_for_the_private_half() -> None:
    assert len(wrapped()) == 80
    assert crypto.unwrap(wrapped(), PRIVATE, purpose="frame", case_id=CASE, version=1) == DATA_KEY


def test_the_case_may_be_given_as_text_in_any_spelling() -> None:
    spelling = CASE.hex.upper()

    assert crypto.unwrap(wrapped(), PRIVATE, purpose="frame", case_id=spelling, version=1) == DATA_KEY


@pytest.mark.parametrize(
    ("purpose", "case_id", "version"), [("crop", CASE, 1), ("frame", OTHER_CASE, 1), ("frame", CASE, 2)]
)
def test_a_wrapped_key_opens_in_no_other_place(purpose: str, case_id: UUID, version: int) -> None:
    with pytest.raises(crypto.WrongKey):
        crypto.unwrap(wrapped(), PRIVATE, purpose=purpose, case_id=case_id, version=version)


def test_a_wrapped_key_opens_for_no_other_private_key() -> None:
    other, _ = crypto.new_keypair()
    with pytest.raises(crypto.WrongKey):
        crypto.unwrap(wrapped(), other, purpose="frame", case_id=CASE, version=1)


@pytest.mark.parametrize("length", [0, 31, 32, 79])
def test_a_shortened_wrapped_key_does_not_open(length: int) -> None:
    with pytest.raises(crypto.WrongKey):
        crypto.unwrap(wrapped()[:length], PRIVATE, purpose="frame", case_id=CASE, version=1)


def test_a_wrapped_key_of_the_wrong_length_is_no_data_key() -> None:
    short = crypto.wrap(b"short", PUBLIC, purpose="frame", case_id=CASE, version=1)
    with pytest.raises(crypto.WrongKey):
        crypto.unwrap(short, PRIVATE, purpose="frame", case_id=CASE, version=1)


def test_the_public_half_cannot_open_what_it_sealed() -> None:
    with pytest.raises(crypto.WrongKey):
        crypto.unwrap(wrapped(), PUBLIC, purpose="frame", case_id=CASE, version=1)


@pytest.mark.parametrize("key", ["", "not base64!", "c2hvcnQ=", b64encode(b"\x00" * 33).decode()])
def test_a_malformed_key_is_said_to_be_one(key: str) -> None:
    with pytest.raises(crypto.UnusableKey):
        crypto.wrap(DATA_KEY, key, purpose="frame", case_id=CASE, version=1)
    with pytest.raises(crypto.UnusableKey):
        crypto.unwrap(wrapped(), key, purpose="frame", case_id=CASE, version=1)


def test_the_point_at_infinity_is_no_public_key() -> None:
    """With it everybody would know the shared secret (RFC 7748, section 6.1)."""
    with pytest.raises(crypto.UnusableKey):
        crypto.wrap(DATA_KEY, b64encode(bytes(32)).decode(), purpose="frame", case_id=CASE, version=1)


def test_keypairs_are_raw_and_fresh() -> None:
    pairs = {crypto.new_keypair() for _ in range(5)}

    assert len(pairs) == 5
    assert all(len(b64decode(half)) == 32 for pair in pairs for half in pair)


def test_no_error_tells_a_secret() -> None:
    with pytest.raises(crypto.WrongKey) as caught:
        crypto.unwrap(wrapped(), crypto.new_keypair()[0], purpose="frame", case_id=CASE, version=1)

    assert str(caught.value) == "The data key does not open here."
    assert caught.value.__cause__ is None
