"""A network as the list of operators that it applied: made by running it once, for files that hold networks.

Arrays are told apart by identity: each that an operator was given is an input, a named Tensor, the result of an earlier
operator, or else a constant. What a function computes of its inputs without operators would be a constant too, so the
list is run on other inputs and compared with the function before it is given out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import NotSupportedError
from . import profiling
from .op import OPERATORS
from .tape import recording_scope
from .tensor import Tensor, wrap


class Place(int):
    """The number of a value: inputs first, then named Tensors and constants as they are met, then results."""


class Step(NamedTuple):
    """One operator: its name, the places of its inputs (or numbers, or None), its attributes, the places it fills."""

    op: str
    inputs: tuple[Any, ...]
    attrs: dict[str, Any]
    outputs: tuple[Place, ...]


class Listing(NamedTuple):
    """What ``listed`` found.

    ``named``: the names of the Tensors that are used, by place. ``constants``: arrays by place. ``output``: what the
    function returned, with places for Tensors.
    """

    steps: list[Step]
    count: int
    named: dict[int, str]
    constants: dict[int, Any]
    output: Any

    def run(self, inputs: Sequence[Tensor], values: Mapping[str, Tensor], constants: Mapping[int, Tensor]) -> Any:
        """The outputs for other inputs, operator by operator."""
        found: dict[int, Any] = {**dict(enumerate(inputs)), **constants}
        found |= {place: values[name] for place, name in self.named.items()}
        for op, given, attrs, outputs in self.steps:
            out = OPERATORS[op](*[found[g] if g.__class__ is Place else g for g in given], **attrs)
            found.update(zip(outputs, out if isinstance(out, tuple) else (out,)))
        return _placed(self.output, found)


def _placed(output: Any, found: Mapping[int, Any]) -> Any:
    if output.__class__ is Place:
        return found[output]
    if isinstance(output, (list, tuple)):
        return type(output)([_placed(o, found) for o in output])
    if isinstance(output, dict):
        return {key: _placed(o, found) for key, o in output.items()}
    return output


def listed(who: str, fn: Callable, inputs: Sequence[Tensor], named: Mapping[str, Tensor]) -> Listing:
    """Run ``fn(*inputs)`` and list the operators that it applied.

    Raises:
        NotSupportedError: the result does not depend on the inputs through operators alone.
    """
    places: dict[int, Place] = {}
    alive: list[Any] = []  # so that no other array takes an id
    steps: list[Step] = []
    constants: dict[int, Any] = {}
    names: dict[int, str] = {}
    owners = {id(t._value): name for name, t in named.items()}

    def place(array: Any) -> Place:
        places[id(array)] = new = Place(len(alive))
        alive.append(array)
        return new

    def of(value: Any) -> Any:
        if isinstance(value, np.generic):
            return value.item()
        if not hasattr(value, "shape"):
            return value
        if id(value) not in places:
            where = place(value)
            if id(value) in owners:
                names[where] = owners[id(value)]
            else:
                constants[where] = value
        return places[id(value)]

    def watch(op: str, values: Sequence[Any], attrs: dict[str, Any], result: Any) -> None:
        given = tuple([of(v) for v in values])
        results = result if isinstance(result, (tuple, list)) else (result,)
        steps.append(Step(op, given, dict(attrs), tuple([place(r) for r in results])))

    def outputs(out: Any) -> Any:
        if isinstance(out, Tensor):
            return of(out._value)
        if isinstance(out, (list, tuple)):
            return type(out)([outputs(o) for o in out])
        return {key: outputs(o) for key, o in out.items()} if isinstance(out, dict) else out

    for t in inputs:
        place(t._value)
    with recording_scope(False), profiling.watching(watch):
        out = fn(*inputs)
    listing = Listing(steps, len(alive), names, constants, outputs(out))
    _check(who, fn, inputs, named, listing)
    return listing


def _check(who: str, fn: Callable, inputs: Sequence[Tensor], named: Mapping[str, Tensor], listing: Listing) -> None:
    others = [_other(t) for t in inputs]
    held = {place: wrap(Tensor, array, inputs[0]._device) for place, array in listing.constants.items()}
    with recording_scope(False):
        expected, got = _leaves(fn(*others)), _leaves(listing.run(others, named, held))
    for a, b in zip(expected, got):
        a, b = a.astype(np.float64), b.astype(np.float64)
        if a.shape != b.shape or not np.allclose(a, b, 1e-3, 1e-3, equal_nan=True):
            raise NotSupportedError(f"{who}: what the network returns depends on its inputs by more than operators "
                                    "(asnumpy, Python numbers of them, random numbers); compute it with ops alone.")


def _other(t: Tensor) -> Tensor:
    """Values in another order; floats also of another size."""
    array = np.asarray(t.asnumpy()).ravel()[::-1].reshape(t.shape)
    if array.dtype.kind == "f":
        array = (array * 0.5 + np.linspace(0.05, 0.31, array.size).reshape(array.shape)).astype(array.dtype)
    return wrap(Tensor, t._device.engine.put(np.ascontiguousarray(array).reshape(t.shape), t._device), t._device)


def _leaves(out: Any) -> list[np.ndarray]:
    if isinstance(out, Tensor):
        return [np.real(out.asnumpy())]
    if isinstance(out, dict):
        out = list(out.values())
    return [leaf for o in out for leaf in _leaves(o)] if isinstance(out, (list, tuple)) else []
