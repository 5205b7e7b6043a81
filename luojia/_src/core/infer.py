"""Shapes and dtypes of a graph's variables and outputs from those of some of them, in both directions.

Each node relates the shapes of its inputs and outputs: forward, its outputs follow from its inputs (the operator's
``shape`` rule, or one abstract run); its ``complete`` rule fills in inputs that others determine (a weight from the
data); an operator that keeps shapes passes an output's shape back. The relations are applied until nothing changes.

A shape is a tuple in which 0 stands for an unknown length, or None.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..engine.devices import cpu_engine
from ..errors import MXNetError, NotSupportedError, ShapeError
from .dtypes import MXNET_CODES, is_half, to_np
from .op import Operator
from .open_lengths import tried
from .symbol import KEY, Entry, Symbol, SymNode, walk
from .symbol_names import OPERATIONS, UNIFORM

Shape = tuple[int, ...] | None
_PASSES = 20


def parse_shape(text: str) -> Shape:
    """The shape that a variable's ``__shape__`` attribute says."""
    inner = text.strip().strip("()[]")
    return tuple(max(int(n), 0) for n in inner.split(",") if n.strip())


def known(shape: Shape) -> bool:
    return shape is not None and 0 not in shape


def merged(a: Shape, b: Shape) -> Shape:
    """Two partial shapes as one; ShapeError where they contradict each other."""
    if not a:
        return b if b is not None else a
    if not b:
        return a
    if len(a) != len(b):
        raise ShapeError(f"{a} and {b}")
    out = []
    for m, n in zip(a, b):
        if m and n and m != n:
            raise ShapeError(f"{a} and {b}")
        out.append(m or n)
    return tuple(out)


class Shapes:
    """The shapes of one graph: by (node, output index)."""

    def __init__(self, symbol: Symbol, given: Mapping[str, Shape]) -> None:
        self.nodes = walk(symbol._outputs)
        self.of: dict[tuple[int, int], Shape] = {}
        for node in self.nodes:
            if node.op is None:
                declared = node.extra.get("__shape__")
                shape = parse_shape(declared) if declared else None
                if node.name in given:
                    mine = given[node.name]
                    given_shape = tuple([max(int(n), 0) for n in mine or ()])
                    try:
                        shape = merged(shape, given_shape)
                    except ShapeError:  # what is given comes before what was declared
                        shape = given_shape
                self.of[id(node), 0] = shape
            else:
                for i in range(node.count):
                    self.of[id(node), i] = None
        applied = [n for n in self.nodes if n.op is not None]
        for _ in range(_PASSES):
            self.changed = False
            for node in applied:
                self._relate(node)
            if not self.changed:
                break
            for node in reversed(applied):
                self._relate(node)

    def get(self, entry: Entry) -> Shape:
        return self.of[id(entry.node), entry.index]

    def _put(self, node: SymNode, entry: Entry, shape: Shape, position: int | None = None) -> None:
        if shape is None:
            return
        old = self.get(entry)
        shape = tuple(int(n or 0) for n in shape)
        try:
            new = merged(old, shape)
        except ShapeError:
            what = "" if position is None else f" at input {position} ({entry.node.name})"
            raise ShapeError(f"Error in operator {node.name}: Shape inconsistent, Provided = {_list(old)}, "
                             f"inferred shape={_list(shape)}{what}") from None
        if new != old:
            self.of[id(entry.node), entry.index] = new
            self.changed = True

    def _relate(self, node: SymNode) -> None:
        shapes = [self.get(a) if a.__class__ is Entry else () if a is not None and a is not KEY else None
                  for a in node.args]
        outs = [self.of[id(node), i] for i in range(node.count)]
        if node.op.complete_rule is not None:
            self._complete(node, shapes, outs[0])
            shapes = [self.get(a) if a.__class__ is Entry else s for a, s in zip(node.args, shapes)]
        entries = [(i, a) for i, a in enumerate(node.args) if a.__class__ is Entry]
        if not all(known(shapes[i]) for i, _ in entries):
            self._alike(node, entries, shapes, outs)
            shapes = [self.get(a) if a.__class__ is Entry else s for a, s in zip(node.args, shapes)]
        elif _equal_sided(node, entries):
            self._meet(node, [e for _, e in entries])
        if all(known(shapes[i]) for i, _ in entries):
            found = self._forward(node, shapes)
        elif all(shapes[i] is not None for i, _ in entries):
            found = tried(lambda full: self._forward(node, full), shapes, node.attrs.get("num_outputs", 1))
        else:
            return
        for i, shape in enumerate(found):
            self._put(node, Entry(node, i), shape)

    def _complete(self, node: SymNode, shapes: list, out: Shape) -> None:
        op = node.op
        attrs = {**_accepted(op.complete_rule, {**op._defaults, **node.given}, op.attrs), **node.attrs}
        whole = [s if known(s) else None for s in shapes]
        try:
            found = op.complete_rule(whole, out if known(out) else None, **attrs)
        except (MXNetError, IndexError, TypeError, ValueError, ArithmeticError) as e:
            raise ShapeError(f"Error in operator {node.name}: {e}") from e
        if any(s is not None and 0 in s for s in shapes):
            told = [s if not s or any(s) else None for s in shapes]  # (0,) tells nothing but the number of axes
            more = tried(lambda full: op.complete_rule(full, None, **attrs), told)
            found = [f if f is not None else m for f, m in zip(found, more or found)]
        for position, (a, shape) in enumerate(zip(node.args, found)):
            if a.__class__ is Entry and shape is not None:
                self._put(node, a, shape, position)

    def _alike(self, node: SymNode, entries: list, shapes: list, outs: list) -> None:
        """Operators that keep shapes: what is known of one side holds of the other."""
        op = node.op
        if op.elementwise and len(entries) == 2:
            if not node.kind.startswith("broadcast_"):
                self._meet(node, [*(e for _, e in entries), Entry(node)])
        elif node.kind == "add_n":
            self._meet(node, [*(e for _, e in entries), Entry(node)])
        elif node.kind.lstrip("_").startswith("sample_"):
            self._meet(node, [e for _, e in entries])
        elif node.kind == "Concat":
            self._join(node, [e for _, e in entries], outs[0])
        elif len(entries) == 1 and outs[0] is not None and keeps_shape(op, node):
            self._put(node, entries[0][1], outs[0], entries[0][0])

    def _meet(self, node: SymNode, entries: list[Entry]) -> None:
        """Arrays of one shape: each has what is known of any."""
        shape = None
        for position, e in enumerate(entries):
            try:
                shape = merged(shape, self.get(e))
            except ShapeError:
                raise ShapeError(f"Error in operator {node.name}: Incompatible attr in node {node.name} at "
                                 f"{position}-th input: expected {_list(shape)}, got {_list(self.get(e))}") from None
        for e in entries:
            self._put(node, e, shape)

    def _join(self, node: SymNode, entries: list[Entry], out: Shape) -> None:
        """Arrays that differ in one axis."""
        shapes = [s for s in (*map(self.get, entries), out) if s is not None]
        rank = len(shapes[0]) if shapes else 0
        axis = node.attrs.get("axis", 1)
        if not rank or any(len(s) != rank for s in shapes):
            return
        shape = None
        for s in shapes:
            shape = merged(shape, tuple([0 if i == axis % rank else n for i, n in enumerate(s)]))
        for e in entries:
            self._put(node, e, shape)

    def _forward(self, node: SymNode, shapes: list) -> list[Shape]:
        consts = tuple(a if a.__class__ is not Entry and a is not KEY else None for a in node.args)
        specs = tuple("key" if a is KEY else tuple(s) if a.__class__ is Entry else None
                      for a, s in zip(node.args, shapes))
        try:
            outs = _output_shapes(node.op, specs, consts, tuple(sorted(node.attrs.items(), key=lambda kv: kv[0])))
        except NotSupportedError:
            raise
        except (MXNetError, ValueError, IndexError, TypeError, ArithmeticError) as e:
            listed = ", ".join(f"{a.node.name} {_list(s)}" for a, s in zip(node.args, shapes) if a.__class__ is Entry)
            raise ShapeError(f"Error in operator {node.name}: {e} (its inputs: {listed})") from e
        return list(outs[: node.count])


def _accepted(rule: Any, extra: dict[str, Any], attrs: dict[str, Any]) -> dict[str, Any]:
    """Of the public attributes those that a rule asks for, such as dense's ``num_hidden``."""
    parameters = inspect.signature(rule).parameters
    return {k: v for k, v in extra.items() if k in parameters and k not in attrs}


@lru_cache(maxsize=4096)
def _output_shapes(op: Operator, specs: tuple, consts: tuple, items: tuple) -> tuple[Shape, ...]:
    attrs: dict[str, Any] = dict(items)
    if op.elementwise:
        return (np.broadcast_shapes(*[s for s in specs if s is not None]),)
    if op.shape_rule is not None:
        found = op.shape_rule(list(specs), **attrs)
        return tuple(found) if isinstance(found, list) or (found and isinstance(found[0], (tuple, list))) else (found,)
    engine = cpu_engine()
    kept: list[Any] = list(consts)
    free = [i for i, s in enumerate(specs) if s is not None]

    def fn(xp: Any, *arrays: Any) -> Any:
        full = list(kept)
        for i, a in zip(free, arrays):
            full[i] = a
        return op.fn(xp, *full, **attrs)

    given = [((2,), np.uint32) if specs[i] == "key" else (specs[i], np.float32) for i in free]
    try:
        out = engine.eval_shape(fn, *given)
    except np.linalg.LinAlgError:  # zeros have no inverse; identity matrices have
        out = fn(engine.xp, *[engine.asarray(_identity(tuple(shape))) for shape, _ in given])
    except TypeError:  # operators of integers: quantized arrays, beside the limits of their ranges, and bits
        small = [not op.inputs[i].startswith(("min", "max")) for i in free]
        out = engine.eval_shape(fn, *[(shape, np.int8 if s else np.float32) for (shape, _), s in zip(given, small)])
    outs = out if isinstance(out, (tuple, list)) else (out,)
    return tuple([tuple(np.shape(o)) if not hasattr(o, "shape") else tuple(o.shape) for o in outs])


def _identity(shape: tuple[int, ...]) -> np.ndarray:
    rows, columns = shape[-2:]
    return np.broadcast_to(np.eye(rows, columns), shape)


_PARTIAL = ("slice", "squeeze", "crop", "getitem", "broadcast", "reshape", "put", "take", "embed")


def _equal_sided(node: SymNode, entries: list) -> bool:
    """Whether the operator has two operands of one shape: signs between symbols do not broadcast."""
    return (node.op.elementwise and len(entries) == 2 and node.kind in OPERATIONS
            and not node.kind.startswith("broadcast_"))


def keeps_shape(op: Operator, node: SymNode) -> bool:
    """Whether the output of a one-array operator has its input's shape, found by trying two shapes."""
    if any(word in op.name or word in node.kind.lower() for word in _PARTIAL):
        return False
    consts = tuple(a if a.__class__ is not Entry and a is not KEY else None for a in node.args)
    attrs = tuple(sorted(node.attrs.items(), key=lambda kv: kv[0]))
    for trial in ((3, 5), (3, 5, 7)):
        specs = tuple("key" if a is KEY else trial if a.__class__ is Entry else None for a in node.args)
        try:
            if _output_shapes(op, specs, consts, attrs) != (trial,):
                return False
        except Exception:
            return False
    return True


def _list(shape: Shape) -> str:
    return "[" + ",".join(map(str, shape or ())) + "]"


# Inputs, by position, whose dtype is their own business: conditions, indices, lengths, what only lends its shape.
_APART = {**dict.fromkeys(["where", "Embedding", "one_hot"], (0,)), "CTCLoss": (1, 2, 3),
          **dict.fromkeys(["take", "pick", "batch_take", "gather_nd", "scatter_nd", "slice_like", "broadcast_like",
                           "reshape_like", "softmax", "_contrib_boolean_mask", "_contrib_index_copy"], (1,))}
_COMPARISONS = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")  # as NumPy has them: bool
_ALWAYS = {**dict.fromkeys(["shape_array", "size_array", "_contrib_getnnz", "_contrib_index_array"], "int64"),
           **dict.fromkeys(["all_finite", "multi_all_finite", "_image_to_tensor"], "float32"),
           "_contrib_allclose": "uint8"}  # the dtypes of outputs that do not follow from the inputs'


def infer_types(symbol: Symbol, given: Mapping[str, Any], strict: bool = False) -> dict[tuple[int, int], Any]:
    """The dtypes of every node's outputs from those of some variables.

    The inputs of an operator share a dtype, and so do its outputs, except where an attribute names another.

    Raises:
        MXNetError: ``strict``, and an operator whose inputs must share a dtype has inputs of two.
    """
    nodes = walk(symbol._outputs)
    of: dict[tuple[int, int], Any] = {}
    for node in nodes:
        if node.op is None:
            declared = node.extra.get("__dtype__")
            found = given.get(node.name)
            of[id(node), 0] = np.dtype(found) if found is not None else _code(declared) if declared else None
    changed = True
    while changed:
        changed = False
        for node in [n for n in nodes if n.op is not None]:
            applied, apart = node.op, _APART.get(node.kind, ())
            together = [e for i, e in enumerate(node.inputs) if i not in apart]
            named = _ALWAYS.get(node.kind) or node.attrs.get("dtype")
            if node.kind == "Embedding":
                named = node.given.get("dtype", "float32")
            if node.kind.startswith("_luojia_") and applied.name in _COMPARISONS:
                named = "bool"
            casts = named is not None and named not in ("same", "own")
            dtypes = [of.get((id(e.node), e.index)) for e in together]
            shared = next((d for d in dtypes if d is not None), None)
            outs = to_np(named) if casts else shared
            if applied.name == "floated" and shared is not None and shared.kind in "biu":
                outs = np.dtype("float32")
            if shared is None and node.kind == "Embedding":
                shared = outs
            if shared is None and not casts:
                shared = next((of[id(node), i] for i in range(node.count) if of.get((id(node), i)) is not None), None)
            for position, e in enumerate(node.inputs):
                mine = of.get((id(e.node), e.index))
                if position in apart:
                    if mine is None and node.kind == "batch_take":
                        of[id(e.node), e.index] = np.dtype("int32")
                        changed = True
                elif mine is None and shared is not None:
                    # Statistics, and what goes with them, have full precision.
                    full = applied.aux and position > 0 and is_half(shared)
                    of[id(e.node), e.index] = np.dtype("float32") if full else shared
                    changed = True
                elif strict and mine is not None and mine != shared and (
                        node.kind in UNIFORM or applied.elementwise and not node.kind.startswith(("_luojia_", "_np"))):
                    raise MXNetError(f"Error in operator {node.name}: Incompatible attr in node {node.name} at "
                                     f"{position}-th input: expected {shared}, got {mine}")
            own = getattr(applied, "types", None)
            found = [of.get((id(e.node), e.index)) for e in node.inputs] if own else [None]
            if own and None not in found:
                of.update({(id(node), i): np.dtype(d) for i, d in enumerate(own(found))})
                continue
            ranked = node.kind == "topk" and node.given.get("ret_typ", "indices") != "indices"
            for i in range(node.count):
                out = shared if outs is None or ranked and i == 0 else outs  # topk's values, or mask, are as its input
                if of.get((id(node), i)) is None and out is not None:
                    of[id(node), i] = out
                    changed = True
    return of


def _code(text: str) -> np.dtype:
    return to_np({str(code): name for name, code in MXNET_CODES.items()}.get(text, text))
