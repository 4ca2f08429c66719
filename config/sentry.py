"""Errors to Sentry where SENTRY_DSN is set; without people's data and without secrets."""

import json
from typing import Any

from django.conf import settings

from accounts.masking import mask_secrets


def start() -> None:
    if settings.SENTRY_DSN:
        import sentry_sdk  # a tenth of the start of every command, for those who use it

        sentry_sdk.init(
            dsn=settings.SENTRY_DSN,
            release=settings.VERSION,
            environment="trial" if settings.DEBUG else "production",
            send_default_pii=False,
            include_local_variables=False,  # they hold what people wrote
            max_request_body_size="never",
            before_send=_mask,
        )


def _mask(event: Any, _hint: dict[str, Any]) -> Any:
    return json.loads(mask_secrets(json.dumps(event, default=str, ensure_ascii=False)))
