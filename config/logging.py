"""Logs: one event a line, for people (`console`) or machines (`json`), with the request's context and no secrets."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from accounts.masking import mask_secrets

_LEVELS = {
    # httpx names the whole URL at INFO, and Telegram's URLs hold the bot's token
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "daphne": "WARNING",
    "asyncio": "WARNING",
    "apscheduler": "WARNING",
    "celery.app.trace": "WARNING",
    # a line for every task and every tick would bury what happens
    "celery.beat": "WARNING",
    "celery.worker.strategy": "WARNING",
    "django.request": "ERROR",  # 4xx answers have their own line (config.middleware)
    "django.channels.server": "WARNING",
}


def configure(options: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG. `options`: format (console | json) and level."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(options["format"])],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options["level"])
    for name in ("django", "django.server"):  # Django's own handlers, from before LOGGING_CONFIG is called
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)


def _renderers(form: str) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False), _mask]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        ),
        _mask,
    ]


def _mask(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    return mask_secrets(str(line))
