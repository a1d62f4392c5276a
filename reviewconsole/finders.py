"""Static files that are fetched, not written here: by an allow-list, so that nothing else of a package is served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from . import page_runtime

# The address under /static/, and the file it stands for. The names say nothing of the version: a release's do, by hash.
ALLOWED = {
    "capture/runtime/ort.mjs": "ort.wasm.bundle.min.mjs",
    "capture/runtime/ort.wasm": "ort-wasm-simd-threaded.wasm",
    "capture/runtime/detector.onnx": page_runtime.DETECTOR,
}


class PageRuntimeFinder(BaseFinder):
    """Serves and collects the files of `ALLOWED` that have been fetched; without them it finds nothing."""

    def check(self, **_options: Any) -> list[Any]:
        """Nothing can be configured wrongly."""
        return []

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        """The file's place, or a list of places, or an empty list, as Django's finders answer."""
        name = ALLOWED.get(path)
        found = directory() / name if name else None
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Each allowed file, as (address, storage that knows it by that address)."""
        storage = _Renamed(location=directory())
        for path in ALLOWED:
            if self.find(path):
                yield path, storage


def directory() -> Path:
    """Where the fetched files lie."""
    return page_runtime.place(Path(settings.MODELS_DIR))


class _Renamed(FileSystemStorage):
    """Opens each file by its address instead of its name."""

    def path(self, name: str) -> str:
        return super().path(ALLOWED[name])
