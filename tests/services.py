"""A pytest plugin: throw-away PostgreSQL and Valkey, and fresh keys, before Django reads its settings.

Every worker process has its own; the process that hands out the tests (see workers.py) needs none. With DATABASE_URL
(and REDIS_URL) set, those servers are used instead. Loaded by `-p tests.services` in pyproject.toml, because
pytest-django reads the settings before any conftest.py.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from reviewconsole.embedded import environment, keys, places, postgres, process, valkey

from . import workers

SIGNING = ("LOG_PRIVATE_KEY", "WITNESS_PRIVATE_KEY")
NO_BROWSER = "Chromium is missing. Install it as root with: apt-get install -y --no-install-recommends chromium"


class Services:
    """What was started for this run, so that it can be stopped and removed at its end."""

    def __init__(self) -> None:
        self.here = places.places(Path(tempfile.mkdtemp(prefix="reviewconsole-tests-")))
        self.here.make()
        keys.make(self.here.keys)
        self.postgres = postgres.Postgres(self.here, options=postgres.FAST_AND_FORGETFUL)
        self.valkey = valkey.Valkey(self.here)

    def start(self) -> None:
        if not environment.given("DATABASE_URL"):
            self.postgres.start()
        if not environment.given("REDIS_URL"):
            self.valkey.start()

    def stop(self) -> None:
        self.valkey.stop()
        if self.postgres.child is not None:
            self.postgres.remove()
        shutil.rmtree(self.here.sockets, ignore_errors=True)
        shutil.rmtree(self.here.data, ignore_errors=True)


def set_environment(here: places.Places) -> None:
    """Every variable that the settings read. Tests play all roles in one process, so they hold all keys but those that
    sign the audit log: what one test publishes would be news from another log to the next."""
    kept = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "MODELS_DIR", "CI") if name in os.environ}
    os.environ.update({f"{name}_FILE": str(here.keys / name) for name in environment.ALL_KEYS if name not in SIGNING})
    os.environ.update(
        {
            "DATABASE_URL": postgres.url(here.sockets),
            "REDIS_URL": valkey.url(here.sockets),
            "DATA_DIR": str(here.data),
            # The models are large and never written by tests: they come from the installation.
            "MODELS_DIR": str(places.default_data() / "models"),
            "PROCESS_ROLE": "command",
            "HTTPS": "false",
        }
        | kept
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Generator[None]:
    """Start before pytest-django, whose hook of the same name reads the settings."""
    spread = workers.wanted(early_config)
    if spread:
        workers.ask_for_them(args)
    services = Services()
    early_config.add_cleanup(services.stop)
    if spread:
        return (yield from _with_keys_alone(services))
    try:
        services.start()
    except process.LaunchError as error:
        services.stop()
        raise pytest.UsageError(str(error)) from error
    set_environment(services.here)
    return (yield)


def _with_keys_alone(services: Services) -> Generator[None]:
    """Let the settings be read where no test will run; workers inherit the environment as the developer gave it."""
    given = dict(os.environ)
    set_environment(services.here)
    try:
        return (yield)
    finally:
        os.environ.clear()
        os.environ.update(given)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `browser` need Chromium: on a developer's machine they say so, in CI its absence is a failure."""
    if shutil.which("chromium") or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and not shutil.which("chromium"):
        pytest.fail(NO_BROWSER, pytrace=False)
