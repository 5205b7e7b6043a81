"""Networks of networks: a sequence that runs, a list and a dictionary that hold."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np

from .._src.core.structure import structure
from .._src.errors import DTypeError, NotSupportedError
from .module import Module


class _Numbered(Module):
    """Children under the names '0', '1', ..."""

    def _check(self, cell: Any) -> Module:
        if not isinstance(cell, Module):
            raise DTypeError(f"For '{type(self).__name__}', each cell must be subclass of Cell, but got "
                             f"{type(cell).__name__}.")
        return cell

    def _index(self, index: Any) -> str:
        if isinstance(index, bool) or not isinstance(index, (int, np.integer)):
            raise DTypeError(f"For '{type(self).__name__}', the type of 'index' must be int, but got "
                             f"{type(index).__name__}.")
        n = len(self._cells)
        if not -n <= index < n:
            raise IndexError(f"For '{type(self).__name__}', the value of 'index' must be a number in range "
                             f"[{-n}, {n}), but got {index}.")
        return list(self._cells)[index]

    def _replace(self, cells: Iterable[Module]) -> None:
        """Hold these children, named in order."""
        self._cells.clear()
        for i, cell in enumerate(cells):
            self._put(str(i), cell)

    def _put(self, name: str, cell: Module) -> None:
        structure.version += 1
        self._cells[name] = cell
        if self._auto_prefix:
            cell.update_parameters_name(name + ".")

    def __len__(self) -> int:
        return len(self._cells)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._cells.values())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._slice(list(self._cells.items())[index])
        return self._cells[self._index(index)]

    def _slice(self, items: list) -> Any:
        made: Any = type(self)
        return made([cell for _, cell in items])

    def __setitem__(self, index: int, cell: Module) -> None:
        self._put(self._index(index), self._check(cell))

    def __delitem__(self, index: Any) -> None:
        keys = list(self._cells)[index] if isinstance(index, slice) else [self._index(index)]
        self._replace([c for k, c in list(self._cells.items()) if k not in keys])

    def append(self, cell: Module) -> None:
        """Add a network at the end."""
        self._put(str(len(self._cells)), self._check(cell))

    def insert(self, index: int, cell: Module) -> None:
        """Add a network before position ``index``."""
        cells = list(self._cells.values())
        if not -len(cells) <= index <= len(cells):
            raise IndexError(f"For '{type(self).__name__}', the value of 'index' must be a number in range "
                             f"[{-len(cells)}, {len(cells)}], but got {index}.")
        cells.insert(index, self._check(cell))
        self._replace(cells)


class SequentialCell(_Numbered):
    """Runs its networks one after the other.

    Args:
        args: networks, or one list or OrderedDict of them.

    >>> from luojia import Tensor, nn
    >>> net = nn.SequentialCell(nn.Dense(2, 3, "ones"), nn.ReLU())
    >>> net(Tensor([[1.0, 2.0]])).shape
    (1, 3)
    >>> [p.name for p in net.get_parameters()]
    ['0.weight', '0.bias']

    Matches ``mindspore.nn.SequentialCell``.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, cell in args[0].items():
                self.insert_child_to_cell(name, cell)
                cell.update_parameters_name(name + ".")
            return
        if len(args) == 1 and not isinstance(args[0], Module):
            if not isinstance(args[0], (list, tuple)):
                raise DTypeError(f"For '{type(self).__name__}', the 'args[0]' must be Cell, list or orderedDict, but "
                                 f"got {type(args[0]).__name__}")
            args = tuple(args[0])
        for i, cell in enumerate(args):
            if not isinstance(cell, Module):
                raise DTypeError("For 'insert_child_to_cell', the argument 'child_cell' must be 'Cell' if not None, "
                                 f"but got type {type(cell)}.")
            self._put(str(i), cell)

    @property
    def cell_list(self) -> list[Module]:
        """The networks."""
        return list(self._cells.values())

    def _slice(self, items: list) -> SequentialCell:
        return type(self)(OrderedDict(items))

    def set_grad(self, requires_grad: bool = True) -> Self:
        super().set_grad(requires_grad)
        for cell in self._cells.values():
            cell.set_grad(requires_grad)
        return self

    def construct(self, input_data: Any) -> Any:
        cells = list(self._cells.values())
        rectified = False
        for cell, after in zip(cells, [*cells[1:], None]):
            if rectified:  # this is the ReLU
                rectified = False
                continue
            y = cell._luojia_rectified(input_data) if after is not None and after._luojia_is_relu() else None
            rectified = y is not None
            input_data = y if rectified else cell(input_data)
        return input_data


class CellList(_Numbered):
    """Holds networks in a list, for a forward method to use.

    >>> from luojia import nn
    >>> cells = nn.CellList([nn.Dense(2, 2), nn.ReLU()])
    >>> len(cells), cells[1]
    (2, ReLU())

    Matches ``mindspore.nn.CellList``.
    """

    def __init__(self, *args: Any, auto_prefix: bool = True, **kwargs: Any) -> None:
        super().__init__(auto_prefix=auto_prefix)
        if len(args) == 1 and isinstance(args[0], (list, tuple, CellList)):
            args = tuple(args[0])
        self.extend(args)

    def extend(self, cells: Iterable[Module]) -> CellList:
        """Add several networks at the end."""
        if not isinstance(cells, (list, tuple, CellList)):
            raise DTypeError(f"For '{type(self).__name__}', the new cells must be list, but got "
                             f"{type(cells).__name__}.")
        checked = [self._check(cell) for cell in cells]
        for cell in checked:
            self.append(cell)
        return self

    __iadd__ = extend

    def _luojia_members(self) -> list[Module]:
        """The networks, for ``vmap``."""
        return list(self._cells.values())

    def construct(self, *inputs: Any) -> Any:
        raise NotSupportedError("a CellList holds networks and does not run; call its members, or use SequentialCell.")


class CellDict(Module):
    """Holds networks in a dictionary.

    >>> from luojia import nn
    >>> cells = nn.CellDict({"act": nn.ReLU()})
    >>> list(cells.keys()), cells["act"]
    (['act'], ReLU())

    Matches ``mindspore.nn.CellDict``.
    """

    def __init__(self, *args: Any, auto_prefix: bool = True, **kwargs: Any) -> None:
        super().__init__(auto_prefix=auto_prefix)
        if args:
            self.update(args[0])

    def update(self, cells: Any) -> None:
        """Add networks from a mapping or from pairs."""
        for key, cell in list(cells.items() if hasattr(cells, "items") else cells):
            self[key] = cell

    def __setitem__(self, key: str, cell: Module) -> None:
        if not isinstance(key, str):
            raise DTypeError(f"For '{type(self).__name__}', the type of 'key' must be str, but got "
                             f"{type(key).__name__}.")
        if not isinstance(cell, Module):
            raise DTypeError(f"For '{type(self).__name__}', the type of '{key}' must be Cell, but got "
                             f"{type(cell).__name__}.")
        if not key or "." in key or (key not in self._cells and hasattr(self, key)):
            raise KeyError(f"For '{type(self).__name__}', the key must not be empty, contain '.', or be an attribute "
                           f"of Cell, but got key '{key}'.")
        self._cells[key] = cell
        if self._auto_prefix:
            cell.update_parameters_name(key + ".")

    def __getitem__(self, key: str) -> Module:
        return self._cells[key]

    def __delitem__(self, key: str) -> None:
        del self._cells[key]

    def __len__(self) -> int:
        return len(self._cells)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __contains__(self, key: object) -> bool:
        return key in self._cells

    def keys(self) -> Any:
        """The names."""
        return self._cells.keys()

    def values(self) -> Any:
        """The networks."""
        return self._cells.values()

    def items(self) -> Any:
        """Pairs of name and network."""
        return self._cells.items()

    def clear(self) -> None:
        """Remove all."""
        self._cells.clear()

    def pop(self, key: str) -> Module:
        """Remove one and return it."""
        return self._cells.pop(key)

    def construct(self, *inputs: Any) -> Any:
        raise NotSupportedError("a CellDict holds networks and does not run; call its members.")
