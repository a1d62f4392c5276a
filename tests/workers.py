"""A pytest plugin: the whole suite is spread over worker processes (pytest-xdist), each with services of its own.

A run of some files only, of `-k` or of `-m` stays in one process, which starts sooner. `-n 4`, `-n 0` and `-p no:xdist`
are obeyed as given.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

import pytest

from reviewconsole.embedded import environment

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# These start, kill and time whole installations: one worker has them all, so that they do not meet each other.
TOGETHER = ("tests/launch/", "tests/faults/")
# These mostly wait for a page, one test as long as a whole file elsewhere: they are handed out one by one.
ALONE = "tests/browser/"
ONE_BROKER = (
    "Several workers would take each other's messages from the one server that REDIS_URL names. "
    "Give -n 0, or leave REDIS_URL out and let each worker start its own."
)


def wanted(config: pytest.Config) -> bool:
    """Whether this process will hand out the tests to workers. False where it runs them itself, as a worker does."""
    return config.pluginmanager.hasplugin("xdist") and not is_worker() and to_be_spread(config.known_args_namespace)


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def to_be_spread(options: argparse.Namespace) -> bool:
    """Whether the command line asks for workers, or for the whole suite without a word about them."""
    if options.collectonly or options.usepdb:
        return False
    if options.numprocesses is not None:
        return bool(options.numprocesses)
    some_only = options.file_or_dir or options.keyword or options.markexpr
    return not some_only and not environment.given("REDIS_URL")


def ask_for_them(args: list[str]) -> None:
    """Put the options before what was typed, which therefore has the last word."""
    if environment.given("REDIS_URL"):
        raise pytest.UsageError(ONE_BROKER)
    args[:] = ["--numprocesses", "auto", "--no-loadscope-reorder", *args]


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, because much of the suite waits: for a page, a child, a deadline."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Hand out unit after unit, in the order of the collection, to whichever worker is nearly done."""
    from xdist.scheduler import LoadScopeScheduling

    class ByUnit(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
        def _split_scope(self, nodeid: str) -> str:
            return unit(nodeid)

    return ByUnit(config, log)


def unit(nodeid: str) -> str:
    """What goes to one worker as a whole: a file, so that what its tests share is made once."""
    if nodeid.startswith(TOGETHER):
        return "together"
    return nodeid if nodeid.startswith(ALONE) else nodeid.partition("::")[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every worker brings the same tests into the same order: the scheduler compares their lists."""
    if is_worker():
        place = {nodeid: number for number, nodeid in enumerate(order([item.nodeid for item in items]))}
        items.sort(key=lambda item: place[item.nodeid])


def order(nodeids: list[str]) -> list[str]:
    """The longest unit first, then those that wait evenly among those that compute; the last ones are short."""
    together = [nodeid for nodeid in nodeids if nodeid.startswith(TOGETHER)]
    alone = [nodeid for nodeid in nodeids if nodeid.startswith(ALONE)]
    rest = [nodeid for nodeid in nodeids if not nodeid.startswith((ALONE, *TOGETHER))]
    place = {nodeid: 0.85 * number / len(alone) for number, nodeid in enumerate(alone)}
    place |= {nodeid: number / len(rest) for number, nodeid in enumerate(rest)}
    return together + sorted(alone + rest, key=place.__getitem__)
