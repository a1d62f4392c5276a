"""So many requests per key and minute, and no more, on every process together."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from verification.cases.models import ApiKey
from verification.cases.throttle import count_request

if TYPE_CHECKING:
    # The framework's views load this file while they are being loaded themselves.
    from rest_framework.views import APIView


class PerKeyThrottle(BaseThrottle):
    """Requests without a valid key never come here: they are refused before."""

    def __init__(self) -> None:
        self._seconds_left = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return True
        counted = count_request(key.pk)
        self._seconds_left = counted.seconds_left
        return counted.requests <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> int:
        """Whole seconds until the next minute begins (1..60), rounded up so that nobody is sent back too soon."""
        return max(1, ceil(self._seconds_left))
