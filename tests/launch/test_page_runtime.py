"""What the capture page runs is fetched by hash, served by an allow-list, and its absence stops nobody."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import onnxruntime
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from reviewconsole import page_runtime
from reviewconsole.finders import ALLOWED, PageRuntimeFinder
from verification.checks.engines import page_detector
from verification.checks.engines.fetch import FetchFailed
from verification.checks.engines.lock import ModelRefused

BASE = Path(settings.BASE_DIR)
MODELS = Path(settings.MODELS_DIR)


def an_npm(directory: Path, script: str) -> str:
    """A directory for PATH whose `npm` does what the shell script says."""
    directory.mkdir()
    npm = directory / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    return f"{directory}:/usr/bin:/bin"


def models_with_a_detector(directory: Path) -> Path:
    directory.mkdir()
    for path in MODELS.glob("*.onnx"):
        (directory / path.name).symlink_to(path)
    return directory


def installs(*names: str) -> str:
    files = " ".join(f"node_modules/onnxruntime-web/dist/{name}" for name in names)
    return f"mkdir -p node_modules/onnxruntime-web/dist && touch {files} && cp -r . $KEEP"


def test_every_package_is_locked_by_hash_and_no_address_is_written_down() -> None:
    locked = json.loads((BASE / "package-lock.json").read_text())["packages"]
    named = json.loads((BASE / "package.json").read_text())["dependencies"]
    assert named == {"onnxruntime-web": page_runtime.version()}
    for name, package in locked.items():
        assert name == "" or package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package


def test_npm_is_given_the_lock_and_two_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    monkeypatch.setenv("KEEP", str(kept))
    monkeypatch.setenv("PATH", an_npm(tmp_path / "bin", installs(*page_runtime.RUNTIME_FILES, "other.wasm")))
    models = models_with_a_detector(tmp_path / "models")
    assert page_runtime.fetch(models)
    assert (kept / "package-lock.json").read_bytes() == (BASE / "package-lock.json").read_bytes()
    names = {path.name for path in page_runtime.place(models).iterdir()}
    assert names == {*page_runtime.RUNTIME_FILES, page_runtime.DETECTOR}
    assert [path.name for path in (models / "page").iterdir()] == [page_runtime.place(models).name]
    assert not page_runtime.fetch(models)


def test_a_package_without_the_runtime_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEP", str(tmp_path / "kept"))
    monkeypatch.setenv("PATH", an_npm(tmp_path / "bin", installs("other.wasm")))
    models = models_with_a_detector(tmp_path / "models")
    with pytest.raises(FetchFailed, match=r"does not contain ort\.wasm"):
        page_runtime.fetch(models)
    assert list((models / "page").iterdir()) == []


def test_without_the_network_models_are_fetched_and_the_page_keeps_its_guide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", an_npm(tmp_path / "bin", "echo 'no route to the registry' >&2; exit 1"))
    monkeypatch.setattr(settings, "MODELS_DIR", str(models_with_a_detector(tmp_path / "models")))
    said, warned = io.StringIO(), io.StringIO()
    call_command("models", "fetch", stdout=said, stderr=warned)
    assert "present  yunet-2023mar" in said.getvalue()
    assert "fixed guide" in warned.getvalue()
    assert "no route to the registry" in warned.getvalue()


def test_npm_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", an_npm(tmp_path / "bin", "exec sleep 30"))
    monkeypatch.setattr(page_runtime, "SECONDS", 0.2)
    with pytest.raises(FetchFailed, match="took longer"):
        page_runtime.fetch(models_with_a_detector(tmp_path / "models"))


def test_the_detector_looks_at_the_size_that_the_script_gives_it() -> None:
    made = page_detector.for_the_page(MODELS, page_runtime.SIDE)
    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == [1, 3, page_runtime.SIDE, page_runtime.SIDE]
    cells = {each.name: each.shape[1] for each in session.get_outputs()}
    assert {stride: cells[f"cls_{stride}"] for stride in (8, 16, 32)} == {
        stride: (page_runtime.SIDE // stride) ** 2 for stride in (8, 16, 32)
    }
    script = (BASE / "static/capture/yunet.js").read_text()
    assert re.findall(r"SIDE = (\d+)", script) == [str(page_runtime.SIDE)]


def test_an_altered_detector_is_refused(tmp_path: Path) -> None:
    (tmp_path / "face_detection_yunet_2023mar.onnx").write_bytes(b"something else")
    with pytest.raises(ModelRefused):
        page_detector.for_the_page(tmp_path, page_runtime.SIDE)


def test_only_the_allowed_files_are_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MODELS_DIR", str(tmp_path))
    place = page_runtime.place(tmp_path)
    place.mkdir(parents=True)
    for name in (*ALLOWED.values(), "secret.onnx"):
        (place / name).write_bytes(name.encode())
    finder = PageRuntimeFinder()
    collected = {path: Path(storage.path(path)).read_bytes() for path, storage in finder.list(None)}
    assert collected == {path: name.encode() for path, name in ALLOWED.items()}
    assert finder.find("capture/runtime/ort.wasm") == str(place / "ort-wasm-simd-threaded.wasm")
    for path in ("capture/runtime/secret.onnx", "capture/runtime/../secret.onnx", "secret.onnx", ""):
        assert finder.find(path) == []


def test_what_was_not_fetched_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MODELS_DIR", str(tmp_path))
    assert list(PageRuntimeFinder().list(None)) == []
    assert finders.find("capture/runtime/ort.wasm") is None
