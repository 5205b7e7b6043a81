"""The exceptions of luojia, each of which is also what users of either door catch.

MXNet programs catch ``MXNetError`` (a ``RuntimeError``), MindSpore programs catch ``ValueError`` and ``TypeError``.
One raise serves both: every class below is an ``MXNetError`` and a standard exception at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class MXNetError(RuntimeError):
    """The base class of luojia's errors, under the name that MXNet programs catch."""


class ShapeError(MXNetError, ValueError):
    """Shapes that do not fit each other or the operator."""


class DTypeError(MXNetError, TypeError):
    """A dtype, or a type of object, that the operator does not take."""


class ArgumentError(MXNetError, ValueError):
    """An argument whose value is outside what the function accepts."""


class PlaceError(ShapeError, IndexError):
    """An axis, a place or an index that an array does not have: MindSpore has an IndexError for some, a ValueError for
    others."""


class IndexTypeError(DTypeError, PlaceError):
    """An index, or a value for it, of a kind that arrays do not take."""


class ZeroError(ArgumentError, ZeroDivisionError):
    """A number that divides and is 0."""


class CallError(ArgumentError, TypeError):
    """An argument that a function does not have, or that it misses: Python raises a TypeError."""


class NoArrayError(DTypeError, AssertionError):
    """What is no array where one must stand: MXNet's programs catch an AssertionError."""


class ParameterShapeError(ShapeError, AssertionError):
    """The shape of a layer's parameter, impossible or not to be found: MXNet's programs catch an AssertionError."""


class UnfitDataError(ShapeError, ArgumentError, AssertionError):
    """Arrays or shards of a dataset that do not fit each other: MXNet's programs catch an AssertionError."""


class KeyKindError(DTypeError, AssertionError):
    """A key that is neither text nor a whole number, or of another type than those before."""


class UnfitArgumentError(ShapeError, ArgumentError, DTypeError):
    """An argument of a type that a function cannot take: MindSpore has TypeErrors for some, ValueErrors for others."""


class UnknownNameError(ArgumentError, KeyError):
    """A name that is not in a table: MXNet's programs catch a KeyError."""

    __str__ = Exception.__str__  # KeyError's would put the message in quotes


class GraphError(MXNetError):
    """A gradient that was asked of a graph that cannot give it."""


class PositionError(GraphError, PlaceError):
    """The position of an input that the call does not have: MindSpore has an IndexError for some, a ValueError or a
    RuntimeError for others."""


class DeviceError(MXNetError, ValueError):
    """A device that does not exist here, or arrays on different devices."""


class GroupError(MXNetError):
    """A job of several processes that cannot go on: a rank that is missing, gone, or doing something else."""


class FormatError(MXNetError, ValueError):
    """A file that is truncated, corrupted, or not of the format it is read as."""


class MissingFileError(MXNetError, FileNotFoundError):
    """A file, or the folder to write one in, that is not there or cannot be opened."""


class NotSupportedError(MXNetError, NotImplementedError):
    """A name or option of the original API that luojia does not provide; the message says what to use."""


class UnsupportedLayoutError(NotSupportedError, AssertionError):
    """A layout that a layer does not provide: MXNet's programs catch an AssertionError."""


class RefusedName(NotSupportedError, AttributeError):
    """A name of the original API that a module does not provide: for ``hasattr`` it is not there."""


class RefusedImport(NotSupportedError, ImportError):
    """A name of the original API that a package does not provide, asked of it by ``from package import name``."""


class AbsentName(AttributeError):
    """A name that a module does not have; when the message is read, the nearest one that it has is sought.

    >>> import luojia.ops
    >>> str(AbsentName("luojia.ops", "matmull"))
    "module 'luojia.ops' has no attribute 'matmull'. Did you mean 'matmul'?"
    """

    def __init__(self, module: str, name: str) -> None:
        super().__init__(module, name)
        self.name, self.obj = name, None  # of an ``obj`` Python would add a suggestion of its own

    def __str__(self) -> str:
        module, name = self.args
        found = dir(sys.modules[module]) if module in sys.modules else ()
        return f"module {module!r} has no attribute {name!r}" + nearest(name, found)


def nearest(name: str, names: Iterable[str]) -> str:
    """The end of a message about a name that is not among ``names``.

    >>> nearest("adamm", ["adam", "sgd"]), nearest("xyz", ["adam", "sgd"])
    (". Did you mean 'adam'?", '.')
    """
    import difflib  # which only failed calls need

    found = difflib.get_close_matches(name, [n for n in names if n[:1] != "_"], 1, 0.7)
    return f". Did you mean {found[0]!r}?" if found else "."


class NotImplementedForSymbol(MXNetError, NotImplementedError):
    """An operation that needs values, asked of a Symbol, which has none."""


@contextmanager
def within(place: str) -> Iterator[None]:
    """A FormatError raised in the block is told with this place, the name of a file or a record of it.

    >>> with within("a.rec"):
    ...     raise FormatError("it is empty")
    Traceback (most recent call last):
    luojia._src.errors.FormatError: a.rec: it is empty
    """
    try:
        yield
    except FormatError as error:
        raise FormatError(f"{place}: {error}") from error
