"""MXNet's loggers, whose lines begin with a coloured level, time and place, and MindSpore's log.

>>> logger = get_logger("training", level=INFO)
>>> logger.level == INFO
True

Of MindSpore: ``from mindspore import log as logger`` and ``logger.warning("...")``. The environment's ``GLOG_v`` is the
lowest level that is written to stderr: 0 debug, 1 info, 2 warning (the default), 3 error, 4 critical.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from logging import CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING
from typing import Any

from ._src.paths import public_names

__all__ = ["CRITICAL", "DEBUG", "ERROR", "INFO", "NOTSET", "WARNING", "critical", "debug", "error", "getLogger",
           "get_level", "get_log_config", "get_logger", "info", "warning"]
__dir__ = public_names(__name__)

_LETTERS = {CRITICAL: "C", ERROR: "E", WARNING: "W", INFO: "I", DEBUG: "D"}


class _Formatter(logging.Formatter):
    """``I1122 13:05:18 4711 file.py:function:12] message``, with the part before the bracket in colour."""

    def __init__(self) -> None:
        super().__init__(datefmt="%m%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        colour = 31 if record.levelno >= WARNING else 32 if record.levelno >= INFO else 34
        place = "%(asctime)s %(process)d %(pathname)s:%(funcName)s:%(lineno)d]"
        letter = _LETTERS.get(record.levelno, "U")
        self._style._fmt = self._fmt = f"\x1b[{colour}m{letter}{place}\x1b[0m %(message)s"
        return super().format(record)


def get_logger(name: str | None = None, filename: str | None = None, filemode: str | None = None,
               level: int = WARNING) -> logging.Logger:
    """The logger called ``name``, made to write where it did not before.

    Args:
        filename: a file for the messages alone; without one they go to the standard error stream, each with its level,
            time, process, file, function and line.
        filemode: 'a', to append, by default.
        level: of the logger.
    """
    logger = logging.getLogger(name)
    if name is not None and not getattr(logger, "_luojia_handled", False):
        if filename:
            handler: logging.Handler = logging.FileHandler(os.fspath(filename), filemode or "a")
        else:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(_Formatter())
        logger.addHandler(handler)
        logger._luojia_handled = True  # type: ignore[attr-defined]
        logger.setLevel(level)
    return logger


getLogger = get_logger  # noqa: N816 - the old name

_LEVELS = (DEBUG, INFO, WARNING, ERROR, CRITICAL)


class _MindSporeFormat(logging.Formatter):
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
    logger = logging.getLogger("luojia-me")
    if not logger.handlers:
        handler = _ToStderr()
        handler.setFormatter(_MindSporeFormat())
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
