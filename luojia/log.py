"""Loggers whose lines begin with a coloured level, time and place.

>>> logger = get_logger("training", level=INFO)
>>> logger.level == INFO
True
"""

from __future__ import annotations

import logging
import os
import sys
from logging import CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING

__all__ = ["CRITICAL", "DEBUG", "ERROR", "INFO", "NOTSET", "WARNING", "getLogger", "get_logger"]

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
