"""What every test may rely on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db.backends.postgresql.operations import DatabaseOperations
from pytest_django import Settings

from tests.audit.keepers import Keepers

_flush = DatabaseOperations.sql_flush


def _flush_past_the_guards(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
    """The audit log refuses TRUNCATE, also from a test that tidies up. Here, and only here, its guards look away."""
    statements = _flush(self, *args, **options)
    return ["SET LOCAL session_replication_role = replica", *statements] if statements else statements


@pytest.fixture(scope="session", autouse=True)
def _passwords_hash_quickly() -> Any:
    """Production's hasher with its smallest work factors: hundreds of people are made here, and none is attacked."""
    patch = pytest.MonkeyPatch()
    for factor, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
        patch.setattr(Argon2PasswordHasher, factor, least)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_log() -> Any:
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "sql_flush", _flush_past_the_guards)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _static_files_as_they_lie() -> None:
    """Pages name the files of `static/` themselves; one test builds the manifest that a release is served from."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # WhiteNoise warns about a missing directory, and warnings are errors here.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def keepers(settings: Settings) -> Iterator[Keepers]:
    """Who signs, countersigns and anchors the log of a test, below a directory short enough for a socket."""
    place = Path(tempfile.mkdtemp(prefix="log-"))
    yield Keepers(place, settings)
    shutil.rmtree(place)
