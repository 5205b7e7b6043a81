"""Symbols: graphs of operators, which compute nothing until arrays are bound to their variables.

A Symbol is a list of outputs of nodes. An operator that is called with a Symbol among its inputs makes a node
(``_luojia_apply``), so any function written in operators builds a graph when it is called with Symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, MXNetError, NotImplementedForSymbol
from . import symbol_names as names
from .naming import AttrScope, NameManager
from .op import Operator
from .tensor import Tensor


class SymNode:
    """One node of a graph: a variable (``op`` None), or an application of an operator.

    Attributes:
        kind: its operator's name in files, "null" for a variable.
        args: per input of the operator an Entry, None (absent), a number, or KEY (a random key is drawn at each run).
        order: positions in ``args`` of the inputs in the order of the public signature.
        attrs: the operator's attributes; ``late`` names those taken from the surroundings (see ambient.py).
        given: the public attributes as given. ``extra``: further ones (``__lr_mult__``), strings.
        count: the number of its outputs.
    """

    __slots__ = ("name", "op", "kind", "args", "order", "attrs", "late", "given", "extra", "count")

    op: Any  # an Operator, None for a variable

    def __init__(self, name: str, op: Operator | None = None, kind: str = "null", args: tuple = (),
                 attrs: dict[str, Any] | None = None, given: dict[str, Any] | None = None,
                 extra: dict[str, str] | None = None, count: int = 1, order: tuple | None = None,
                 late: tuple[str, ...] = ()) -> None:
        self.name = name
        self.op = op
        self.kind = kind
        self.args = args
        self.order = tuple(range(len(args))) if order is None else order
        self.attrs = attrs or {}
        self.late = late
        self.given = given or {}
        self.extra = extra or {}
        self.count = count

    @property
    def inputs(self) -> list[Entry]:
        """The inputs that other nodes give, in public order."""
        return [a for a in (self.args[i] for i in self.order) if a.__class__ is Entry]

    @property
    def aux(self) -> set[int]:
        """Positions in ``args`` of the inputs that the operator renews."""
        return {self.op.inputs.index(n) for n in self.op.aux} if self.op is not None and self.op.aux else set()

    def strings(self) -> dict[str, str]:
        """Its attributes as files hold them."""
        return {**{k: text_of(v) for k, v in self.given.items()}, **self.extra}

    def listing(self) -> dict[str, str]:
        """Its attributes as users read them: ``lr_mult`` beside ``__lr_mult__``."""
        out = {}
        for key, value in self.strings().items():
            out[key] = value
            if key[2:-2] in names.HIDDEN and key == f"__{key[2:-2]}__":
                out[key[2:-2]] = value
        return out

    def output_name(self, index: int) -> str:
        if self.op is None:
            return self.name
        stems = self.op.stems or names.OUTPUTS.get(self.kind)
        if stems is not None and self.count <= len(stems):
            return f"{self.name}_{stems[index]}"
        alone = self.count == 1 and not (self.kind == "topk" and self.given.get("ret_typ") == "value")
        return f"{self.name}_output" if alone else f"{self.name}_output{index}"


class Entry(NamedTuple):
    """Output ``index`` of ``node``."""

    node: SymNode
    index: int = 0


KEY = object()  # in a node's args: a random key, drawn at each run


def text_of(value: Any) -> str:
    """An attribute as MXNet writes it."""
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, type) and issubclass(value, np.generic):
        return np.dtype(value).name
    if isinstance(value, np.generic):
        return str(value.item())
    if isinstance(value, (list, tuple)):
        inner = ", ".join([repr(v) if isinstance(v, str) else text_of(v) for v in value])
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return str(value)


def extra_attributes(attr: dict[str, str]) -> dict[str, str]:
    """Attributes of a node beside its operator's, ``lr_mult`` as ``__lr_mult__``; all must be strings."""
    for value in attr.values():
        if not isinstance(value, str):
            raise ArgumentError(f"Set Attr only accepts string values, got {value!r} of type {type(value).__name__}.")
    return {f"__{k}__" if k in names.HIDDEN else k: v for k, v in attr.items()}


def walk(heads: Iterable[Entry]) -> list[SymNode]:
    """The nodes that the heads need, each after its inputs, in MXNet's order (depth first)."""
    found: list[SymNode] = []
    seen: set[int] = set()
    for head in heads:
        stack = [(head.node, iter(head.node.inputs))]
        if id(head.node) in seen:
            continue
        seen.add(id(head.node))
        while stack:
            node, rest = stack[-1]
            for entry in rest:
                if id(entry.node) not in seen:
                    seen.add(id(entry.node))
                    stack.append((entry.node, iter(entry.node.inputs)))
                    break
            else:
                found.append(node)
                stack.pop()
    return found


def copy_nodes(heads: list[Entry], replaced: dict[str, Entry] | None = None) -> list[Entry]:
    """The heads of a copy of the graph; variables named in ``replaced`` give way to other entries."""
    new: dict[int, Any] = {}
    for node in walk(heads):
        if node.op is None and replaced and node.name in replaced:
            new[id(node)] = replaced[node.name]
            continue
        args = tuple([_moved(a, new) if a.__class__ is Entry else a for a in node.args])
        new[id(node)] = SymNode(node.name, node.op, node.kind, args, node.attrs, dict(node.given), dict(node.extra),
                                node.count, node.order, node.late)
    return [_moved(e, new) for e in heads]


def _moved(entry: Entry, new: dict[int, Any]) -> Entry:
    target = new[id(entry.node)]
    return target if target.__class__ is Entry else Entry(target, entry.index)


if TYPE_CHECKING:  # what comes from the operators: see __getattr__, and the signs below
    from .symbol_methods import SymbolMethods as _Methods  # pyright: ignore[reportMissingModuleSource] - a stub alone
else:
    _Methods = object


_NO_VALUES = (" (A hybridized Block is run once on Symbols, which have no values: choose with F.where or "
              "F.contrib.cond, or leave out hybridize().)")


class Symbol(_Methods):
    """One or several outputs of a graph."""

    __slots__ = ("_outputs", "__weakref__")
    _array_class: type = Tensor  # of what a graph computes without array inputs
    __array_priority__ = 1000.0
    __array_ufunc__ = None

    def __init__(self, outputs: Iterable[Entry] | None) -> None:
        self._outputs = list(outputs or ())

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """The name of its node; None for a group of several nodes."""
        nodes = {id(e.node): e.node for e in self._outputs}
        return next(iter(nodes.values())).name if len(nodes) == 1 else None

    def __repr__(self) -> str:
        if self.name is None:
            return f"<Symbol group [{', '.join(str(s.name) for s in self)}]>"
        return f"<Symbol {self.name}>"

    def __len__(self) -> int:
        return len(self._outputs)

    def __iter__(self) -> Iterator[Any]:
        return (type(self)([e]) for e in self._outputs)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        raise NotImplementedForSymbol(
            'Function __bool__ (namely operator "bool") is not implemented for Symbol and only available in NDArray.'
            + _NO_VALUES
        )

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, str):
            found = [i for i, n in enumerate(self.list_outputs()) if n == index]
            if not found:
                raise ArgumentError(f'Cannot find output that matches name "{index}"')
            if len(found) > 1:
                raise ArgumentError(f'There are multiple outputs with name "{index}"')
            return type(self)([self._outputs[found[0]]])
        if isinstance(index, slice):
            return type(self)(self._outputs[index])
        if not isinstance(index, (int, np.integer)):
            raise TypeError(f"Symbol only support integer, string or slice as index to fetch outputs, got {index!r}.")
        if not 0 <= index < len(self._outputs):
            raise IndexError(f"{self!r} has {len(self._outputs)} output(s), there is no output {index}.")
        return type(self)([self._outputs[index]])

    # -- lists -----------------------------------------------------------------------------------------------------

    def _variables(self) -> tuple[list[SymNode], list[SymNode]]:
        """The variables that are arguments, and those that are auxiliary states, in order of the graph."""
        nodes = walk(self._outputs)
        aux = {id(node.args[i].node) for node in nodes for i in node.aux if node.args[i].__class__ is Entry}
        found = [n for n in nodes if n.op is None]
        return [n for n in found if id(n) not in aux], [n for n in found if id(n) in aux]

    def list_arguments(self) -> list[str]:
        """The names of the variables to bind, in order of the graph."""
        return [n.name for n in self._variables()[0]]

    def list_auxiliary_states(self) -> list[str]:
        """The names of the variables that operators renew, such as BatchNorm's moving statistics."""
        return [n.name for n in self._variables()[1]]

    def list_inputs(self) -> list[str]:
        """Arguments and auxiliary states together, in order of the graph."""
        return [n.name for n in walk(self._outputs) if n.op is None]

    def list_outputs(self) -> list[str]:
        """The names of the outputs: ``fc_output``, or ``split0_output1`` where a node has several."""
        return [e.node.output_name(e.index) for e in self._outputs]

    @property
    def num_outputs(self) -> int:
        return len(self._outputs)

    def get_internals(self) -> Any:
        """A group of every node's outputs."""
        return type(self)([Entry(n, i) for n in walk(self._outputs) for i in range(n.count)])

    def get_children(self) -> Any:
        """A group of the direct inputs; None for variables."""
        entries, seen = [], set()
        for e in self._outputs:
            if id(e.node) not in seen:
                seen.add(id(e.node))
                entries += e.node.inputs
        return type(self)(entries) if entries else None

    # -- attributes ------------------------------------------------------------------------------------------------

    def attr(self, key: str) -> str | None:
        """The attribute ``key`` of its node as a string, 'name' its name; None where there is none."""
        if key == "name":
            return self.name
        return self._outputs[0].node.listing().get(key) if self.name is not None else None

    def list_attr(self, recursive: bool = False) -> dict[str, str]:
        """The attributes of its node."""
        if recursive:
            raise DeprecationWarning("Symbol.list_attr with recursive=True has been deprecated. "
                                     "Please use attr_dict instead.")
        return self._outputs[0].node.listing() if self.name is not None else {}

    def attr_dict(self) -> dict[str, dict[str, str]]:
        """The attributes of every node that has any, by name."""
        listings = {n.name: n.listing() for n in walk(self._outputs)}
        return {k: v for k, v in listings.items() if v}

    def _set_attr(self, **kwargs: str) -> None:
        self._outputs[0].node.extra.update(extra_attributes(kwargs))

    # -- composition -----------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, name: str | None = None, **kwargs: Any) -> Any:
        """The same graph with variables, named by keyword, replaced by other symbols."""
        for value in (*args, *kwargs.values()):
            if not isinstance(value, Symbol):
                raise TypeError(f"Compose expect `Symbol` as arguments, got {type(value).__name__}.")
        if args and kwargs:
            raise TypeError("compose only accept input Symbols either as positional or keyword arguments, not both")
        if args:
            raise MXNetError("General composition only support kwargs for now; name the variable: "
                             f"symbol({self.list_inputs()[0]}=...).")
        known = self.list_inputs()
        for key, value in kwargs.items():
            if key not in known:
                raise not_found("Symbol.Compose", key, known)
            if len(value) != 1:
                raise MXNetError(f"Keyword Argument {key} is a tuple, single value is required")
        new = copy_nodes(self._outputs, {k: v._outputs[0] for k, v in kwargs.items()})
        if name and len({id(e.node) for e in new}) == 1 and new[0].node.op is not None:
            new[0].node.name = name
        return type(self)(new)

    def __copy__(self) -> Any:
        return type(self)(copy_nodes(self._outputs))

    def __deepcopy__(self, memo: dict) -> Any:
        return type(self)(copy_nodes(self._outputs))

    def __getattr__(self, name: str) -> Any:
        if name in names.FLUENT:
            from .symbol_functions import fluent

            return fluent(self, name)
        if name in ("shape", "dtype", "size", "ndim"):
            raise AttributeError(f"a Symbol has no {name}: it holds no values; see infer_shape and infer_type."
                                 " F.reshape takes codes, 0 for an axis as it is and -1 for the rest.")
        if name in names.VALUES_ONLY:
            return _needs_values(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        """The array in another shape, with MXNet's codes 0, -1, -2, -3, -4."""
        from .symbol_functions import function

        if not shape and "shape" in kwargs:
            shape = (kwargs.pop("shape"),)
        shape = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        return function("reshape")(self, shape=shape, **kwargs)

    def transpose(self, *axes: Any, **kwargs: Any) -> Any:
        """The array with its axes permuted, reversed by default."""
        from .symbol_functions import function

        axes = kwargs.pop("axes", axes[0] if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes)
        return function("transpose")(self, **({"axes": tuple(axes)} if axes else {}), **kwargs)

    def astype(self, dtype: Any) -> Any:
        """The array in another dtype."""
        from .symbol_functions import function

        return function("Cast")(self, dtype=dtype)

    @property
    def T(self) -> Any:
        return self.transpose()

    def _luojia_apply(self, op: Operator, inputs: Any, attrs: dict[str, Any]) -> Any:
        """Called by operators: the application as a node of the graph."""
        from .symbol_ops import apply_to_symbols

        return apply_to_symbols(op, inputs, attrs)

    def __neg__(self) -> Any:
        return self * -1.0

    def __abs__(self) -> Any:
        return self.abs()


def _needs_values(name: str) -> Callable:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedForSymbol(f"Function {name} is not implemented for Symbol and only available in NDArray."
                                      + _NO_VALUES)

    return refuse


def not_found(what: str, key: str, known: list[str]) -> MXNetError:
    candidates = "".join(f"\t[{i}]{n}\n" for i, n in enumerate(known))
    return MXNetError(f"{what}Keyword argument name {key} not found.\nCandidate arguments:\n{candidates}")


def _operator_of(sign: str, reflected: bool = False) -> Callable:
    def method(self: Symbol, other: Any) -> Any:
        from .symbol_ops import signed

        return signed(sign, other, self) if reflected else signed(sign, self, other)

    method.__name__ = f"__{'r' if reflected else ''}{sign}__"
    return method


for _sign in ("add", "sub", "mul", "truediv", "mod", "pow"):
    setattr(Symbol, f"__{_sign}__", _operator_of(_sign))
    setattr(Symbol, f"__r{_sign}__", _operator_of(_sign, reflected=True))
for _sign in ("gt", "ge", "lt", "le", "eq", "ne"):
    setattr(Symbol, f"__{_sign}__", _operator_of(_sign))


def variable(cls: type, name: str, attr: dict[str, str] | None = None) -> Any:
    """A variable with the attributes ``attr`` and those in scope."""
    if not isinstance(name, str):
        raise TypeError("Expect a string for variable `name`")
    return cls([Entry(SymNode(name, extra=extra_attributes(AttrScope.current().get(attr))))])


def group(cls: type, symbols: Iterable[Any]) -> Any:
    """The outputs of several symbols, as one."""
    symbols = list(symbols)
    if not symbols or not all(isinstance(s, Symbol) for s in symbols):
        raise TypeError("Expected a list of symbols as input")
    return cls([e for s in symbols for e in s._outputs])


def new_name(name: str | None, hint: str) -> str:
    return NameManager.current().get(name, hint)
