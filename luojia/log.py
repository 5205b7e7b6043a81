"""MindSpore's log: ``from mindspore import log as logger``.

The environment's ``GLOG_v`` is the lowest level that is written to stderr: 0 debug, 1 info, 2 warning (the default),
3 error, 4 critical.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from typing import Any

_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


class _Format(logging.Formatter):
    """``[WARNING] ME(process:thread,name):2026-01-02-03:04:05.678.000 [file:line] message``."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%d-%H:%M:%S", time.localtime(record.created))
        return (f"[{record.levelname}] ME({record.process}:{record.thread},{record.processName}):{when}."
                f"{int(record.msecs):03d}.000 [{record.pathname}:{record.lineno}] {record.getMessage()}")


class _ToStderr(logging.StreamHandler):
    """Writes to what stderr is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _made() -> logging.Logger:
    logger = logging.getLogger("luojia")
    if not logger.handlers:
        handler = _ToStderr()
        handler.setFormatter(_Format())
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(_LEVELS[int(get_level())])
    return logger


def get_level() -> str:
    """The lowest level that is written, as ``GLOG_v`` gives it: '0' to '4'.

    Matches ``mindspore.get_level``.
    """
    level = os.environ.get("GLOG_v", "2")
    return level if level in ("0", "1", "2", "3", "4") else "2"


def get_log_config() -> dict[str, str]:
    """The settings of the log: ``GLOG_v``, ``GLOG_logtostderr``.

    Matches ``mindspore.get_log_config``.
    """
    return {"GLOG_v": get_level(), "GLOG_logtostderr": "1"}


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Write at level 0; ``msg % args``."""
    _made().debug(msg, *args, stacklevel=2, **kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Write at level 1; ``msg % args``."""
    _made().info(msg, *args, stacklevel=2, **kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Write at level 2; ``msg % args``."""
    _made().warning(msg, *args, stacklevel=2, **kwargs)


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Write at level 3; ``msg % args``."""
    _made().error(msg, *args, stacklevel=2, **kwargs)


def critical(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Write at level 4; ``msg % args``."""
    _made().critical(msg, *args, stacklevel=2, **kwargs)


__all__ = ["critical", "debug", "error", "get_level", "get_log_config", "info", "warning"]
