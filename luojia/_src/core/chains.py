"""Finds the chains of elementwise operators in a graph's plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from ..engine.namespace import OPERATORS
from .apply import apply
from .chain import Chain, Link
from .op import Operator

LINKS = frozenset(
    "add subtract multiply divide negative elemwise_add elemwise_sub elemwise_mul elemwise_div maximum minimum relu "
    "abs square sqrt rsqrt reciprocal clip exp log tanh sigmoid softsign".split()
)


class Place(NamedTuple):
    """Where a plan has a chain: the steps start:stop, and the slots that it reads."""

    start: int
    stop: int
    chain: Chain
    slots: tuple[int, ...]

    @property
    def op(self) -> Operator:
        """The chain as an operator."""
        return self.chain.operator

    def takes(self, values: Sequence[Any]) -> bool:
        """Whether the chain runs on such inputs."""
        return self.chain.takes(values)

    def run(self, values: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        """The last step's result, and the attributes that the operator ran with."""
        return apply(self.op, values, {}), {}


def find(steps: Sequence[Any], heads: Sequence[int], constants: dict[int, Any],
         others: Collection[int] = ()) -> list[Place]:
    """The chains among a plan's steps, in order, without the steps of the numbers ``others``.

    A chain is a run of steps of which only the last is read outside. ``constants`` are the values of slots that no
    array takes.
    """
    readers: dict[int, set[int]] = {head: {len(steps)} for head in heads}
    for number, step in enumerate(steps):
        for slot in step.slots:
            readers.setdefault(slot, set()).add(number)
    found = []
    stop = len(steps)
    while stop:
        start = stop
        while start and start - 1 not in others and _link(steps[start - 1]) is not None and (
                start == stop or readers.get(steps[start - 1].out, set()) <= set(range(start, stop))):
            start -= 1
        if stop - start > 1:
            chain = _chain(steps[start:stop], constants)
            if chain is not None:
                found.append(Place(start, stop, *chain))
        stop = start if start < stop else stop - 1
    return found[::-1]


def specific(op: Operator, attrs: dict[str, Any]) -> tuple[Operator, dict[str, Any]]:
    """The elementwise operator that an ``activation`` stands for; others as they are."""
    if op.name == "activation" and attrs.get("act_type") in LINKS:
        return OPERATORS[attrs["act_type"]], {}
    return op, attrs


def _link(step: Any) -> tuple[Operator, dict] | None:
    """The operator and attributes of a step that may be in a chain, else None."""
    op, attrs = specific(step.op, step.attrs)
    plain = op.run is None and not (step.late or step.source) and op.name in LINKS and op.rule is not None
    return (op, attrs) if plain else None


def _chain(steps: Sequence[Any], constants: dict[int, Any]) -> tuple[Chain, tuple[int, ...]] | None:
    own = {step.out: i for i, step in enumerate(steps)}
    read = dict.fromkeys(slot for step in steps for slot in step.slots if slot not in own)
    inputs = [slot for slot in read if slot not in constants]
    if not inputs or any(constants[slot].__class__ not in (int, float) for slot in read if slot in constants):
        return None
    number = {slot: i for i, slot in enumerate(inputs)} | {out: len(inputs) + i for out, i in own.items()}
    links = []
    for step in steps:
        op, attrs = _link(step)  # type: ignore[misc]
        links.append(Link(op, attrs, tuple(number.get(s) for s in step.slots),
                          tuple(constants.get(s) for s in step.slots)))
    return Chain(links, len(inputs)), tuple(inputs)
