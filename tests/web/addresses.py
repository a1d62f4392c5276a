"""Every address of the site, read from the resolver itself, so that none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver, get_resolver


def all_names() -> set[str]:
    """The names of all addresses with their namespaces; one without a name stands under its pattern."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: Sequence[URLPattern | URLResolver], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield space + (pattern.name or str(pattern.pattern))
