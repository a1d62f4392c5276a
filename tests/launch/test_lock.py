"""One launcher per data directory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewconsole.embedded import places
from reviewconsole.embedded.process import LaunchError

HOLD = """
import subprocess, sys
from pathlib import Path
from reviewconsole.embedded import places
lock = places.take_lock(places.places(Path(sys.argv[1])))
child = subprocess.Popen(["sleep", sys.argv[2]], pass_fds=(lock,))
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def here(tmp_path: Path) -> places.Places:
    here = places.places(tmp_path / "data")
    here.make()
    return here


def hold(here: places.Places, seconds: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(here.data), seconds]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline()
    return owner


def test_a_directory_in_use_is_refused_at_once_and_says_by_whom(here: places.Places) -> None:
    with hold(here, "5") as owner:
        began = time.monotonic()
        with pytest.raises(LaunchError, match=f"in use by process {owner.pid}"):
            places.take_lock(here, patience=60)
        assert time.monotonic() - began < 5, "it waited for an owner that is alive"
        owner.kill()


def test_after_a_killed_owner_its_children_are_waited_for(here: places.Places) -> None:
    with hold(here, "1") as owner:
        owner.kill()
        owner.wait()
        os.close(places.take_lock(here, patience=20))


def test_children_that_never_end_are_named_as_the_obstacle(here: places.Places) -> None:
    with hold(here, "5") as owner:
        owner.kill()
        owner.wait()
        with pytest.raises(LaunchError, match="an earlier run"):
            places.take_lock(here, patience=0.3)


def test_another_directory_is_free(here: places.Places, tmp_path: Path) -> None:
    other = places.places(tmp_path / "other")
    other.make()
    first, second = places.take_lock(here), places.take_lock(other)
    os.close(first)
    os.close(second)
