"""The whole suite is spread over processes; every test is given out once, and what belongs together stays together."""

from __future__ import annotations

import argparse
import itertools
import os

import pytest

from . import workers

LAUNCH = [f"tests/launch/test_up.py::test_{number}" for number in range(3)]
BROWSER = [f"tests/browser/test_page.py::test_{number}[a/b::c]" for number in range(10)]
VAULT = [f"tests/vault/test_{name}.py::test_{number}" for name in "abcde" for number in range(8)]


def options(**given: object) -> argparse.Namespace:
    nothing = {"collectonly": False, "usepdb": False, "numprocesses": None}
    return argparse.Namespace(**nothing | {"file_or_dir": [], "keyword": "", "markexpr": ""} | given)


@pytest.fixture
def own_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the command line is read: before this run's own addresses are set."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("REDIS_URL_FILE", raising=False)


@pytest.mark.usefixtures("own_broker")
@pytest.mark.parametrize(
    ("given", "spread"),
    [
        ({}, True),
        ({"file_or_dir": ["tests/vault"]}, False),
        ({"keyword": "claim"}, False),
        ({"markexpr": "browser"}, False),
        ({"file_or_dir": ["tests/vault"], "numprocesses": 4}, True),
        ({"numprocesses": "auto"}, True),
        ({"numprocesses": 0}, False),
        ({"collectonly": True}, False),
        ({"usepdb": True}, False),
    ],
)
def test_only_the_whole_suite_is_spread_unless_it_is_asked_for(given: dict[str, object], spread: bool) -> None:
    assert workers.to_be_spread(options(**given)) is spread


def test_one_given_broker_keeps_the_suite_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379/0")
    assert not workers.to_be_spread(options())
    with pytest.raises(pytest.UsageError, match="take each other's messages"):
        workers.ask_for_them(["-n", "4"])


@pytest.mark.usefixtures("own_broker")
def test_what_was_typed_has_the_last_word() -> None:
    typed = ["-n", "4"]
    workers.ask_for_them(typed)
    assert typed[-2:] == ["-n", "4"]
    assert "--numprocesses" in typed[:-2]


def test_a_file_stays_together_installations_too_and_a_page_goes_by_itself() -> None:
    assert {workers.unit(nodeid) for nodeid in LAUNCH} == {"together"}
    assert workers.unit("tests/faults/test_worker_killed.py::test_0") == "together"
    assert len({workers.unit(nodeid) for nodeid in VAULT}) == 5
    assert len({workers.unit(nodeid) for nodeid in BROWSER}) == len(BROWSER)


def test_the_longest_comes_first_the_waiting_among_the_computing_and_a_short_one_last() -> None:
    given = [*VAULT, *BROWSER, *LAUNCH]
    ordered = workers.order(given)
    assert sorted(ordered) == sorted(given)
    assert ordered[:3] == LAUNCH
    assert ordered[-1] in VAULT
    places = [number for number, nodeid in enumerate(ordered) if nodeid in BROWSER]
    assert max(later - earlier for earlier, later in itertools.pairwise(places)) <= 5


def test_the_order_within_a_file_is_the_one_that_was_shuffled() -> None:
    assert [nodeid for nodeid in workers.order([*BROWSER, *VAULT]) if nodeid in VAULT] == VAULT


@pytest.mark.parametrize("nodeids", [[], LAUNCH, BROWSER, VAULT])
def test_any_selection_can_be_ordered(nodeids: list[str]) -> None:
    assert workers.order(nodeids) == nodeids


def test_there_is_one_worker_more_than_there_are_processors(pytestconfig: pytest.Config) -> None:
    if pytestconfig.pluginmanager.hasplugin("xdist"):
        assert pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig) == len(os.sched_getaffinity(0)) + 1
