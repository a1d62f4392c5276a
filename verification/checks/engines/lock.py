"""The lock file of models, and the one way to read a model: whole, with its digest compared.

Bytes are read once and handed to the engines from memory, so what was verified is what runs.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOCK_FILE = Path(__file__).with_name("models.toml")


class ModelRefused(RuntimeError):
    """A model is missing or is not the file that the lock names. The message says what to do."""


@dataclass(frozen=True, slots=True)
class LockedModel:
    """One `[[model]]` of models.toml. `carried_sha256` is the digest inside the package where a recipe follows."""

    id: str
    role: str
    file: str
    sha256: str
    licence: str
    purpose: str
    upstream: str
    registry: str
    package: str
    version: str
    member: str
    recipe: str = ""
    carried_sha256: str = ""


@dataclass(frozen=True, slots=True)
class LockedPack:
    """One `[[pack]]`: an InsightFace embedder that a user may place beside the others and choose by setting."""

    id: str
    file: str
    sha256: str
    licence: str
    purpose: str
    upstream: str


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything in models.toml."""

    models: tuple[LockedModel, ...]
    packs: tuple[LockedPack, ...]

    def model(self, role: str) -> LockedModel:
        """The model for a role such as "detector". Raises KeyError."""
        return {model.role: model for model in self.models}[role]

    def pack(self, id: str) -> LockedPack:  # noqa: A002 - the lock's own word
        """The pack with that id. Raises KeyError."""
        return {pack.id: pack for pack in self.packs}[id]


def read_lock(path: Path = LOCK_FILE) -> Lock:
    """The lock. Raises TypeError for a key that is unknown or missing."""
    table = tomllib.loads(path.read_text("utf-8"))
    models = tuple(LockedModel(**entry) for entry in table["model"])
    return Lock(models, tuple(LockedPack(**entry) for entry in table.get("pack", ())))


@cache
def lock() -> Lock:
    """The project's own lock, read once."""
    return read_lock()


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def verified(path: Path, sha256: str) -> bytes:
    """The bytes of a model file. Raises ModelRefused, with a sentence, when it is missing or altered."""
    try:
        data = path.read_bytes()
    except OSError:
        raise ModelRefused(
            f"The model {path.name} is not in {path.parent}. Run `python3 manage.py models fetch`."
        ) from None
    if digest(data) != sha256:
        raise ModelRefused(
            f"The model {path.name} in {path.parent} is not the file that models.toml names: its SHA-256 is "
            f"{digest(data)[:16]}…, not {sha256[:16]}…. Remove it and run `python3 manage.py models fetch`."
        )
    return data


def verify_installed(directory: str | Path, model_set: str) -> list[Path]:
    """Compare the digest of every file that this set of models needs, and return the files.

    Raises ModelRefused at the first that is missing or altered: a worker then does not start.
    """
    wanted = {Path(directory) / model.file: model.sha256 for model in lock().models}
    if model_set != "open":
        pack = lock().pack(model_set)
        wanted[Path(directory) / pack.id / pack.file] = pack.sha256
    for path, sha256 in wanted.items():
        verified(path, sha256)
    return list(wanted)
