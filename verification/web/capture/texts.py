"""Every sentence that the person reads, by language. The sentences lie in `sentences/`, one table per language.

No other file of the pages holds a word. The keys of `page` go to the camera's script as they are.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).with_name("sentences")
LOCALES = ("en", "zh-hans", "zh-hant")


def texts(locale: str) -> dict[str, Any]:
    """The sentences by name, `lang` for the HTML attribute, `page` for the script. English for any other locale."""
    return _read(locale if locale in LOCALES else "en")


@cache
def _read(locale: str) -> dict[str, Any]:
    table = tomllib.loads((TABLES / f"{locale}.toml").read_text("utf-8"))
    return {**table["words"], "lang": table["lang"], "page": table["page"]}
