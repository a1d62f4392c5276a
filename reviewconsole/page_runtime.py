"""What the capture page runs in a browser to frame a face: onnxruntime-web, and the detector prepared for it.

npm obtains exactly the package that package-lock.json names and compares its integrity hash. Of its 130 MB two files
are kept. A fetch killed at any moment leaves a whole directory or none. Without these files the page shows a fixed
guide instead, so a failure here stops nobody.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from reviewconsole.bootstrap import BASE

PACKAGE = "onnxruntime-web"
RUNTIME_FILES = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
DETECTOR = "detector.onnx"
# Pixels a side that the detector looks at; static/capture/yunet.js names the same number.
SIDE = 224
SECONDS = 300
_PROJECT_FILES = ("package.json", "package-lock.json", ".npmrc")


def version() -> str:
    """The version that package-lock.json pins."""
    locked = json.loads((BASE / "package-lock.json").read_text("utf-8"))
    return str(locked["packages"][f"node_modules/{PACKAGE}"]["version"])


def place(models: Path) -> Path:
    """Where these files lie. Another version of either is another directory."""
    return models / "page" / f"{version()}-{SIDE}"


def fetch(models: Path) -> bool:
    """Bring the files to `place(models)` unless they are there. Answers whether they were fetched now.

    Raises FetchFailed (npm), ModelRefused (the detector).
    """
    from verification.checks.engines import page_detector

    target = place(models)
    if target.is_dir():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".page-", dir=target.parent) as scratch:
        ready = Path(scratch) / "ready"
        ready.mkdir()
        (ready / DETECTOR).write_bytes(page_detector.for_the_page(models, SIDE))
        _take_runtime(Path(scratch) / "npm", ready)
        ready.chmod(0o755)
        ready.rename(target)
    return True


def _take_runtime(project: Path, ready: Path) -> None:
    from verification.checks.engines.fetch import FetchFailed

    _install(project)
    for name in RUNTIME_FILES:
        carried = project / "node_modules" / PACKAGE / "dist" / name
        if not carried.is_file():
            raise FetchFailed(f"{PACKAGE} {version()} does not contain {name}.")
        shutil.copyfile(carried, ready / name)


def _install(project: Path) -> None:
    """Run `npm ci` on the project's own lock, in a directory that is thrown away."""
    from verification.checks.engines.fetch import FetchFailed, npm_command

    project.mkdir()
    for name in _PROJECT_FILES:
        shutil.copyfile(BASE / name, project / name)
    command = [*npm_command(project / "node"), "ci", "--ignore-scripts", "--silent"]
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        subprocess.run(  # noqa: S603 - our own words
            command, cwd=project, env=os.environ | {"PATH": path}, check=True, capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise FetchFailed(f"Downloading {PACKAGE} took longer than {SECONDS} s.") from None
    except subprocess.CalledProcessError as failure:
        lines = failure.stderr.decode(errors="replace").strip().splitlines() or ["no further word"]
        raise FetchFailed(f"npm could not install {PACKAGE}: {lines[-1]}") from None
