"""What the web process may import of this room never loads a vision library."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = "import sys, {module}; print(sorted({{'cv2', 'onnx', 'onnxruntime', 'insightface'}} & set(sys.modules)))"


@pytest.mark.parametrize(
    "module",
    [
        "verification.checks.run",
        "verification.checks.capture",
        "verification.checks.voice",
        "verification.checks.wider",
        "verification.policy.decide",
        "verification.policy.fusion",
        "verification.checks.engines.shapes",
    ],
)
def test_no_vision_library_is_loaded(module: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROBE.format(module=module)], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
