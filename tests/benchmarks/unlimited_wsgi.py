"""The desk's WSGI application with rate limits that no load reaches; each is still asked."""

from dataclasses import replace

from accounts import rate_limits
from config.wsgi import application

for _name in ("API_PERSON", "API_ADDRESS", "SIGN_IN"):
    setattr(rate_limits, _name, replace(getattr(rate_limits, _name), burst=10**9, per_second=10**6))

__all__ = ["application"]
