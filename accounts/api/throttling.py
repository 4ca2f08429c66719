"""The API's rate limits, as DRF asks for them: per person, and per address for everybody behind it."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import rate_limits
from accounts.addresses import address_of
from accounts.models import User

if TYPE_CHECKING:
    # rest_framework.views reads the setting that names this module while it is itself being loaded
    from rest_framework.views import APIView


class PersonThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Raises RateLimited."""
        if isinstance(request.user, User):
            rate_limits.api_person(request.user.pk)
        return True


class AddressThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Raises RateLimited."""
        rate_limits.api_address(address_of(request))
        return True
