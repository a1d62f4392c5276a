"""One line of JSON per log record, on standard error.

Records carry opaque ids; never bytes, tokens, names or paths of media. That includes exceptions: a library's message
may quote a row of the database or the path of a file, so of a foreign exception only its kind and its place are told.
"""

from __future__ import annotations

import logging.config
import traceback
from collections.abc import Iterator

import structlog

# Whose messages hold nothing that was sent or stored: our own, and the database's about its connection or a lock.
_OURS = ("verification", "reviewconsole")
_ABOUT_ITSELF = "OperationalError"


def configure(process: str) -> None:
    """Route the standard library's and structlog's records through one formatter."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.ExceptionRenderer(_told),
                        structlog.processors.EventRenamer("message"),
                        _named(process),
                        structlog.processors.JSONRenderer(),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                # A request that was refused is the audit log's business; the access log would only repeat addresses.
                "django.request": {"level": "ERROR"},
                "django.security.csrf": {"level": "ERROR"},
                "axes": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
            },
        }
    )


def _told(exc_info: structlog.typing.ExcInfo) -> str:
    return "".join(_lines(exc_info[1])).rstrip()


def _lines(error: BaseException) -> Iterator[str]:
    """The chain of exceptions, the first one first, as Python writes it but for the foreign messages."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _lines(earlier)
        yield "\nwhich led to:\n"
    yield from traceback.format_tb(error.__traceback__)
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    may_speak = kind.__module__.split(".")[0] in _OURS or kind.__name__ == _ABOUT_ITSELF
    yield f"{name}: {error}\n" if may_speak else f"{name}\n"


def _named(process: str) -> structlog.typing.Processor:
    def name(
        _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event["process"] = process
        return event

    return name
