"""The environment is built once, whole, by one command at a time; every obstacle has a sentence."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewconsole import bootstrap
from reviewconsole.bootstrap import BASE, Environment

BUILD = "import sys; from reviewconsole.bootstrap import *; enter(Environment(Path(sys.argv[1]), ['r.txt']), sys.argv)"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    directory = tmp_path / "a clone with spaces"
    directory.mkdir()
    (directory / "r.txt").write_text("# nothing to install\n")
    return directory


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without uv."""
    monkeypatch.setattr("shutil.which", lambda _name: None)


def build(base: Path) -> Environment:
    environment = Environment(base, ["r.txt"])
    with environment.locked():
        environment.build()
    return environment


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Builds that only leave an interpreter behind, for tests of when a build happens."""
    done: list[str] = []

    def create(directory: Path, _lock: int) -> None:
        done.append("create")
        (directory / "bin").mkdir(parents=True)
        (directory / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(bootstrap, "create", create)
    monkeypatch.setattr(bootstrap, "install", lambda _python, name, _lock: done.append(name.name))
    return done


@pytest.mark.usefixtures("bare")
def test_pip_alone_builds_a_working_environment_in_a_path_with_spaces(base: Path) -> None:
    environment = build(base)
    assert environment.is_current()
    shown = subprocess.run(
        [environment.python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == str(base / ".venv")


def test_a_current_environment_is_not_built_again(base: Path, quick: list[str]) -> None:
    build(base)
    build(base)
    assert quick == ["create", "r.txt"]


def test_an_environment_without_a_stamp_is_begun_again(base: Path, quick: list[str]) -> None:
    (base / ".venv").mkdir()
    (base / ".venv" / "half-written").touch()
    build(base)
    assert quick == ["create", "r.txt"]
    assert not (base / ".venv" / "half-written").exists()


def test_changed_requirements_are_installed_without_starting_over(base: Path, quick: list[str]) -> None:
    build(base)
    (base / "r.txt").write_text("# something else\n")
    assert not Environment(base, ["r.txt"]).is_current()
    assert build(base).is_current()
    assert quick == ["create", "r.txt", "r.txt"]


def test_a_moved_environment_is_begun_again(base: Path, quick: list[str]) -> None:
    build(base)
    moved = base.rename(base.with_name("elsewhere"))
    assert not Environment(moved, ["r.txt"]).is_current()
    build(moved)
    assert quick == ["create", "r.txt"] * 2


def test_an_interpreter_that_is_gone_is_noticed(base: Path, quick: list[str]) -> None:
    environment = build(base)
    environment.python.unlink()
    assert not environment.is_current()
    assert build(base).is_current()
    assert quick.count("create") == 2


def test_after_kill_9_the_next_command_waits_for_the_installer_and_begins_again(base: Path) -> None:
    with slow_installer(base) as first:
        first.kill()
        first.wait()
        installer = int((base / "installer.pid").read_text())
        with start(base, PATH="/nowhere") as second:
            assert says(second, "waiting for it")
            os.kill(installer, signal.SIGKILL)
            assert says(second, "Installing r.txt")
            second.communicate(timeout=60)
        assert second.returncode == 0
    assert Environment(base, ["r.txt"]).is_current()


@pytest.mark.usefixtures("bare")
def test_without_network_there_is_a_sentence_and_no_stamp(
    base: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setattr(bootstrap, "has_pip", lambda _python: True)
    (base / "r.txt").write_text("nothing-of-this-name==1 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(SystemExit, match="could not be installed; the lines above say why"):
        build(base)
    assert "ERROR" in capfd.readouterr().err
    assert not Environment(base, ["r.txt"]).is_current()


def test_debian_without_ensurepip_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(bootstrap, "may_install_packages", lambda: False)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        bootstrap.need_ensurepip()


def test_root_on_debian_installs_the_missing_venv_package(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: sys if asked else None)
    monkeypatch.setattr(bootstrap, "may_install_packages", lambda: True)
    monkeypatch.setattr(bootstrap, "install_packages", asked.append)
    bootstrap.need_ensurepip()
    assert asked == [f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"]


def test_an_old_python_is_told_so_in_words_it_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse((BASE / "manage.py").read_text(), feature_version=(3, 5))
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        runpy.run_path(str(BASE / "manage.py"), run_name="__main__")


def test_where_no_bytecode_may_stand_beside_the_sources_a_run_of_the_suite_keeps_it_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "somewhere")
    bootstrap.keep_bytecode()
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ["PYTHONPYCACHEPREFIX"] == "somewhere"
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")
    bootstrap.keep_bytecode()
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(BASE / ".venv" / "bytecode")


def test_bytecode_beside_the_sources_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    bootstrap.keep_bytecode()
    assert "PYTHONPYCACHEPREFIX" not in os.environ


@contextlib.contextmanager
def slow_installer(base: Path) -> Iterator[subprocess.Popen[str]]:
    """A build that is in the middle of its installer, which takes a minute."""
    tools = base / "tools"
    tools.mkdir()
    (tools / "uv").write_text(
        f"#!/bin/sh\ncd '{base}'\necho $$ > installer.new\nmv installer.new installer.pid\nexec sleep 60\n"
    )
    (tools / "uv").chmod(0o755)
    process = start(base, PATH=f"{tools}:/usr/bin:/bin")
    deadline = time.monotonic() + 30
    while not (base / "installer.pid").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    with process:
        yield process


def start(base: Path, **env: str) -> subprocess.Popen[str]:
    script = base / "manage.py"
    script.write_text(f"import sys; sys.path.insert(0, {str(BASE)!r})\nif len(sys.argv) > 1: {BUILD}\n")
    command = [sys.executable, str(script), str(base)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env)


def says(process: subprocess.Popen[str], words: str) -> bool:
    assert process.stderr is not None
    return any(words in line for line in iter(process.stderr.readline, ""))
