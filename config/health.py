"""Probes. `live`: the process answers. `ready`: it can serve; without Redis it is degraded, and ready all the same."""

import structlog
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """503 only without the database: no promise of the desk depends on Redis, so its loss must not stop the desk."""
    checks = {"database": _database_answers(), "redis": _redis_answers()}
    status = "ok" if all(checks.values()) else "degraded" if checks["database"] else "unavailable"
    answer = {"status": status, "checks": {name: "ok" if fine else "down" for name, fine in checks.items()}}
    return JsonResponse(answer, status=200 if checks["database"] else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.warning("The database does not answer", exc_info=True)
        return False
    return True


def _redis_answers() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        log.warning("Redis does not answer", exc_info=True)
        return False
    return True
