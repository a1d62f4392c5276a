"""Who asks: the holder of an API key, and nobody else. Staff sessions open nothing here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from verification.cases.models import ApiKey
from verification.cases.programmes import find_key, find_revoked

if TYPE_CHECKING:
    # The framework's views load this file while they are being loaded themselves.
    from rest_framework.views import APIView

SCHEME = "Bearer"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Stands where Django expects a user. It holds no role and no session, and every console rule denies it."""

    is_authenticated: bool = True
    is_active: bool = True


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>` (RFC 6750). An unknown and a revoked key get the same answer."""

    def authenticate(self, request: Request) -> tuple[RelyingParty, ApiKey] | None:
        presented = request.META.get("HTTP_AUTHORIZATION", "")
        if not presented:
            return None
        scheme, _, credential = presented.partition(" ")
        key = find_key(credential.strip()) if scheme.lower() == SCHEME.lower() else None
        if key is None:
            # For whoever records that this request was turned away. The answer is that of an unknown key.
            request._request.revoked_key = find_revoked(credential.strip())  # type: ignore[attr-defined]  # as DRF hands over `auth`
            raise AuthenticationFailed
        return RelyingParty(), key

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="cases"'


class IsRelyingParty(BasePermission):
    """The default of every API view."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, ApiKey)


def key_of(request: Request) -> ApiKey:
    """The key that opened this request. Only for views that `IsRelyingParty` guards."""
    if not isinstance(request.auth, ApiKey):
        raise TypeError("This view is not guarded by IsRelyingParty.")
    return request.auth
