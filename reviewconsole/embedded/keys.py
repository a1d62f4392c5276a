"""The keys of one installation: made once, each in a file of its own that only the owner may read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from verification.audit.notes import LOG, WITNESS, SigningKey


def make(directory: Path) -> None:
    """Make the keys that are missing. Raw 32-byte values in base64, X25519 pairs for frames and crops; the Ed25519
    pairs of the audit log and its witness as signed notes write them, under names that no other installation has."""
    _keep(directory / "DJANGO_SECRET_KEY", secrets.token_urlsafe(50))
    for name in ("PSEUDONYM_KEY", "TRACE_KEY"):
        _keep(directory / name, _text(secrets.token_bytes(32)))
    for pair in ("FRAME", "CROP"):
        private = X25519PrivateKey.generate()
        kept = _keep(directory / f"{pair}_PRIVATE_KEY", _text(private.private_bytes_raw()))
        public = X25519PrivateKey.from_private_bytes(base64.b64decode(kept)).public_key()
        _keep(directory / f"{pair}_PUBLIC_KEY", _text(public.public_bytes_raw()))
    installation = f"reviewconsole.{secrets.token_hex(8)}"
    for pair, kind in (("LOG", LOG), ("WITNESS", WITNESS)):
        made = SigningKey.generate(f"{installation}/{pair.lower()}", kind)
        signing = SigningKey.parse(_keep(directory / f"{pair}_PRIVATE_KEY", made.secret_text()))
        _keep(directory / f"{pair}_VERIFIER_KEY", str(signing.verifier))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _keep(path: Path, value: str) -> str:
    """Write the value unless there is one already, whole or not at all, and answer with the one that stands."""
    if not path.exists():
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor with its mode
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link never replaces: of two that start at once, the first one's key stands for both.
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text(encoding="utf-8").strip()
