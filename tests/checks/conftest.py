"""The engines, loaded once for all tests of the checks."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from verification.checks.engines.bundle import Engines, load_engines
from verification.checks.engines.fetch import fetch


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The installation's models, fetched now if they never were."""
    directory = Path(settings.MODELS_DIR)
    list(fetch(directory))
    return directory


@pytest.fixture(scope="session")
def engines(models_dir: Path) -> Engines:
    return load_engines(models_dir)
