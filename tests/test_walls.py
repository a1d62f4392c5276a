"""Walls that import-linter cannot draw: HTTP at the edges, no vision library in the web process, no signals."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOMS = (
    "access",
    "audit",
    "capture",
    "cases",
    "checks",
    "incidents",
    "intake",
    "known",
    "leaks",
    "notices",
    "policy",
    "reports",
    "retention",
    "review",
    "subject",
    "vault",
    "wider",
)
STAGES = ("pipeline.py", "tasks.py", "sweeper.py")
EDGES = ("django.http", "django.shortcuts", "django.urls", "django.views", "rest_framework")
VISION = ("cv2", "onnx", "onnxruntime", "insightface", "skimage")


def source(*names: str) -> Iterator[Path]:
    house = Path(settings.BASE_DIR) / "verification"
    for name in names:
        place = house / name
        yield from [place] if place.suffix else place.rglob("*.py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", [*ROOMS, *STAGES])
def test_rooms_never_hear_of_http(room: str) -> None:
    heard = {(path.name, name) for path in source(room) for name in imports(path) if name.startswith(EDGES)}
    assert not heard


@pytest.mark.parametrize("room", [*ROOMS, *STAGES, "web", "api"])
def test_nobody_listens_to_signals(room: str) -> None:
    heard = {(path.name, name) for path in source(room) for name in imports(path) if "dispatch" in name}
    assert not heard


@pytest.mark.parametrize("room", [*ROOMS, *STAGES, "web", "api"])
def test_models_are_imported_from_their_room(room: str) -> None:
    assert not [path for path in source(room) if "verification.models" in set(imports(path))]


def test_every_case_has_a_name_in_the_log_because_one_function_makes_them() -> None:
    """What is written about a case without a name is about no case, and nobody would miss it."""
    making = {
        f"{path.parent.name}/{path.name}"
        for path in source(*ROOMS, *STAGES, "web", "api", "management")
        if re.search(
            r"\bCase\.objects\.(create|bulk_create|get_or_create|update_or_create)\(|\bCase\(", path.read_text()
        )
        and path.name != "models.py"
    }
    assert making == {"cases/lifecycle.py"}


def test_the_web_process_never_loads_a_vision_library() -> None:
    """In a process of its own: every address is resolved and every view imported, as gunicorn would."""
    program = f"""
import sys
from reviewconsole.wsgi import application
from django.urls import get_resolver
get_resolver().url_patterns, get_resolver().reverse_dict
from django.core.management import call_command
call_command("check")
print(",".join(name for name in {VISION!r} if name in sys.modules))
"""
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.splitlines()[-1] == ""
