"""From a bare Python to the project's own environment, then to the command that was asked for.

Only the standard library is imported here until the environment stands. `.venv` is built from the hashed requirement
files; a stamp is written last, so an interrupted build is noticed and begun again, and the lock on the project's
directory passes to the installer, so a second command waits even when the first one was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"


def run(argv: Sequence[str]) -> None:
    """Enter the environment (building it when needed) and do what the command line asks."""
    command = argv[1] if len(argv) > 1 else "help"
    needed = (RUNTIME, DEVELOPMENT) if command == "test" else (RUNTIME,)
    enter(Environment(BASE, needed), argv)
    if command == "test":
        run_tests(argv[2:])
    elif command in {"demo", "up"}:
        from reviewconsole.embedded.launch import main

        sys.exit(main(command, argv[2:]))
    elif command == "witness":
        # Not through Django: the witness must not need the site's settings, let alone its secrets.
        from reviewconsole import witness

        sys.exit(witness.main(argv[2:]))
    else:
        run_django(argv)


def run_django(argv: Sequence[str]) -> None:
    """Django's own management, in the environment of this machine's embedded services unless another one is given."""
    from reviewconsole.embedded import environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")
    environment.adopt_for_commands()
    from django.core.management import execute_from_command_line

    from reviewconsole import by_hand

    try:
        by_hand.put_on_record(argv)
    except by_hand.NotOnRecord as problem:
        sys.exit(str(problem))
    execute_from_command_line(list(argv))


def run_tests(arguments: Sequence[str]) -> None:
    """Replace this process by pytest, in the project's directory, after seeing to a browser and the face models."""
    keep_bytecode()
    install_browser()
    fetch_models()
    os.chdir(BASE)
    sys.stdout.flush()
    # These come from the developer's own command line and run with the developer's own rights.
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606 - no shell is wanted


def keep_bytecode() -> None:
    """The suite starts some hundred Pythons. Where none may be written beside the sources, bytecode goes to `.venv`."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(BASE / ".venv" / "bytecode"))


def fetch_models() -> None:
    """The suite runs the real models. Fetched once; a failure says its sentence, and the tests that need them fail."""
    command = [sys.executable, str(BASE / "manage.py"), "models", "fetch"]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words


def install_browser() -> None:
    """Install Debian's Chromium where this process may; the browser tests say what to do where it may not."""
    if shutil.which("chromium") or not may_install_packages():
        return
    say("Installing Chromium for the browser tests …")
    install_packages("chromium")


class Environment:
    """The virtual environment in `base/.venv`, and the stamps that say which requirement files it holds."""

    def __init__(self, base: Path, files: Sequence[str]) -> None:
        self.base = base
        self.files = tuple(files)
        self.directory = base / ".venv"
        self.python = self.directory / "bin" / "python"

    def is_current(self) -> bool:
        return all(
            self._stamp(name).is_file() and self._stamp(name).read_text() == self._digest(name) for name in self.files
        )

    def is_ours(self) -> bool:
        """Whether the running interpreter is this environment's."""
        return Path(sys.prefix).resolve() == self.directory.resolve()

    def build(self) -> None:
        """Make what is missing. Without a valid stamp an environment was interrupted or moved: begin again."""
        if not self._stamp_of_interpreter_holds():
            shutil.rmtree(self.directory, ignore_errors=True)
            create(self.directory, self._lock)
            self._write(self._stamp("python"), self._interpreter())
        for name in self.files:
            if not self._stamp(name).is_file() or self._stamp(name).read_text() != self._digest(name):
                self._stamp(name).unlink(missing_ok=True)
                install(self.python, self.base / name, self._lock)
                self._write(self._stamp(name), self._digest(name))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One builder at a time. The lock sits on the directory itself, so nothing is left behind."""
        self._lock = os.open(self.base, os.O_RDONLY)
        try:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another command is building the environment; waiting for it …")
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(self._lock)

    def _stamp(self, name: str) -> Path:
        return self.directory / f"built-from-{name}.stamp"

    def _digest(self, name: str) -> str:
        return hashlib.sha256((self.base / name).read_bytes()).hexdigest() + " " + self._interpreter()

    def _interpreter(self) -> str:
        """Where the environment stands and which Python it is made of: both must still hold for it to work."""
        return f"{self.directory} {self.python.resolve()}"

    def _stamp_of_interpreter_holds(self) -> bool:
        stamp = self._stamp("python")
        return self.python.exists() and stamp.is_file() and stamp.read_text() == self._interpreter()

    def _write(self, path: Path, text: str) -> None:
        aside = path.with_suffix(".new")
        aside.write_text(text)
        aside.rename(path)


def enter(environment: Environment, argv: Sequence[str]) -> None:
    """Return when already inside a current environment; otherwise build it and replace this process by its Python."""
    if not environment.is_current():
        with environment.locked():
            if not environment.is_current():
                environment.build()
    if environment.is_ours():
        return
    sys.stdout.flush()
    script = str(Path(argv[0]).resolve())
    os.execv(environment.python, [str(environment.python), script, *argv[1:]])  # noqa: S606 - no shell is wanted


def create(directory: Path, lock: int) -> None:
    """Make an empty virtual environment at `directory`, with uv where there is one, else with the standard library."""
    say(f"Building {directory} (the first run only; up to a minute) …")
    uv = shutil.which("uv")
    if uv and attempt([uv, "venv", "--quiet", "--python", sys.executable, str(directory)], lock):
        return
    need_ensurepip()
    if not attempt([base_python(), "-m", "venv", str(directory)], lock):
        sys.exit(
            "The virtual environment could not be made; the lines above say why. Mend it and run the command again."
        )


def install(python: Path, requirements: Path, lock: int) -> None:
    """Install exactly the hashed files of `requirements`; anything else is a reason to stop."""
    began = time.monotonic()
    say(f"Installing {requirements.name} …")
    hashed = ["--no-deps", "--require-hashes", "-r", str(requirements)]
    uv = shutil.which("uv")
    if not (uv and attempt([uv, "pip", "install", "--quiet", "--python", str(python), *hashed], lock)):
        if not has_pip(python):
            need_ensurepip()
            attempt([str(python), "-m", "ensurepip"], lock)
        # Only what is imported is worth compiling, and Python does that by itself.
        quiet = [
            "--no-compile",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
            "--retries",
            "2",
        ]
        if not attempt([str(python), "-m", "pip", "install", *quiet, *hashed], lock):
            sys.exit(
                f"{requirements.name} could not be installed; the lines above say why. The first run needs the network "
                "(or a proxy or package index that pip knows of). Nothing half-made is used: run the command again."
            )
    say(f"Installed {requirements.name} in {time.monotonic() - began:.0f} s.")


def attempt(command: Sequence[str], lock: int) -> bool:
    """Run an installer, which keeps the lock for as long as it lives, even when this process is killed."""
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    return subprocess.run(command, check=False, pass_fds=(lock,), env=environment).returncode == 0  # noqa: S603 - our own words


def has_pip(python: Path) -> bool:
    return subprocess.run([python, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0  # noqa: S603 - our own words


def base_python() -> str:
    """The interpreter outside any environment, so that a rebuild does not stand on what it removes."""
    return str(getattr(sys, "_base_executable", sys.executable))


def need_ensurepip() -> None:
    """Debian ships Python without ensurepip. Install its package where that is allowed, otherwise say how."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if may_install_packages():
        say(f"Installing {package}, which Debian keeps apart from Python …")
        install_packages(package)
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "This Python cannot make virtual environments. As root: `apt-get install python3-venv`; then try again."
        )


def may_install_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(*names: str) -> None:
    """Install Debian packages quietly; what goes wrong is shown, and the caller looks whether it has what it needs."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *names],
    ):
        subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words


def say(sentence: str) -> None:
    """Progress goes to standard error: standard output belongs to the command."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
