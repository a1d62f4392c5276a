"""Bytes in, bytes out: the two layers of the vault's cryptography. No Django, no storage, no policy.

Inner layer: each case and purpose has a random 256-bit data key; each image is sealed with AES-256-GCM under a fresh
random 96-bit nonce, with the case, the kind of image and the key version as associated data. A case seals at most a
few dozen images under one key, far below the 2**32 messages at which random nonces become a concern (NIST SP 800-38D,
8.3). Outer layer: the data key is wrapped to a *public* key with HPKE (RFC 9180: DHKEM X25519, HKDF-SHA256,
AES-256-GCM), whose ``info`` binds the purpose, the case and the key version. Whoever holds only public keys can seal
and can never open. What was sealed for one place opens in no other: swapping rows or files is noticed, not obeyed.

Why HPKE from ``cryptography``, and neither Tink nor PyNaCl's sealed boxes: HPKE is a published standard with test
vectors and other implementations; it binds context through ``info``, which a sealed box cannot; the same library makes
both layers; and it is one dependency that the project needs anyway, where Tink would add a second cryptographic
library with its own key format and protobuf.

Keys travel as base64 of the raw 32 bytes (RFC 7748). No error message contains a key, a plaintext or a ciphertext.
"""

import json
import os
from base64 import b64decode, b64encode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class UnusableKey(ValueError):
    """A configured key is not base64 of 32 bytes that X25519 accepts."""


class WrongKey(Exception):
    """The wrapped data key does not open: another private key, another place, or changed bytes (HPKE cannot tell)."""


class Tampered(Exception):
    """The sealed image does not open: changed, cut short, or sealed for another case, kind, version or data key."""


def new_keypair() -> tuple[str, str]:
    """A fresh X25519 pair, (private, public), each as base64 of the raw 32 bytes."""
    private = X25519PrivateKey.generate()
    raw = private.private_bytes_raw(), private.public_key().public_bytes_raw()
    return b64encode(raw[0]).decode(), b64encode(raw[1]).decode()


def new_data_key() -> bytes:
    """256 random bits from the operating system."""
    return os.urandom(KEY_BYTES)


def wrap(data_key: bytes, public_key: str, *, purpose: str, case_id: UUID | str, version: int) -> bytes:
    """The data key, readable only by the private half of ``public_key`` and only for this place.

    Returns 80 bytes: the ephemeral public key (32), the encrypted data key (32), the tag (16).
    Raises ``UnusableKey``.
    """
    try:
        return _SUITE.encrypt(data_key, _public(public_key), info=_bound("wrap", purpose, case_id, version))
    except ValueError:
        raise UnusableKey("The public key is not one that data can be sealed to.") from None


def unwrap(wrapped: bytes, private_key: str, *, purpose: str, case_id: UUID | str, version: int) -> bytes:
    """The data key (32 bytes) again. Raises ``WrongKey`` or ``UnusableKey``."""
    private = _private(private_key)
    try:
        data_key = _SUITE.decrypt(wrapped, private, info=_bound("wrap", purpose, case_id, version))
    except (InvalidTag, ValueError):
        raise WrongKey("The data key does not open here.") from None
    if len(data_key) != KEY_BYTES:
        raise WrongKey("The data key does not open here.")
    return data_key


def seal(data_key: bytes, plaintext: bytes, *, case_id: UUID | str, kind: str, version: int) -> bytes:
    """Nonce (12 bytes), ciphertext (as long as the plaintext), tag (16 bytes)."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(data_key).encrypt(nonce, plaintext, _bound("seal", kind, case_id, version))


def open_sealed(data_key: bytes, sealed: bytes, *, case_id: UUID | str, kind: str, version: int) -> bytes:
    """The plaintext again, all of it or none. Raises ``Tampered``."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise Tampered("The sealed image is too short.")
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(data_key).decrypt(nonce, rest, _bound("seal", kind, case_id, version))
    except InvalidTag:
        raise Tampered("The sealed image does not open here.") from None


def _bound(layer: str, what: str, case_id: UUID | str, version: int) -> bytes:
    """The place that a ciphertext belongs to, written so that no two places are written alike."""
    return json.dumps(["reviewconsole-vault-1", layer, what, str(UUID(str(case_id))), version]).encode()


def _raw(key: str) -> bytes:
    try:
        raw = b64decode(key, validate=True)
    except ValueError:
        raise UnusableKey("A key is not base64.") from None
    if len(raw) != KEY_BYTES:
        raise UnusableKey(f"A key is {len(raw)} bytes long; it must be {KEY_BYTES}.")
    return raw


def _public(key: str) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(_raw(key))


def _private(key: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_raw(key))
