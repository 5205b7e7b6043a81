"""Computations traced through JAX, cut into programs: all at once, or a forward and a backward pass.

A computation is run once on placeholders, which stand for arrays that are known only at a call. What it does becomes a
list of equations. A program is the part of them that leads from some variables to others, compiled; cut at the
cotangents it gives a forward program that returns what the backward program will need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax  # pyright: ignore[reportMissingImports] - an extra, which the type check does without
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

from .xla_group import NeedsOneGroup, RankProgram, axes, collecting

# Cheaper to compute again from their inputs than to write in the forward pass and read in the backward.
_CHEAP = {"broadcast_in_dim", "iota", "reshape", "squeeze", "expand_dims", "convert_element_type"}


def placeholder(shape: tuple, dtype: Any) -> Any:
    """Inside a trace: a value to be replaced by an input of the programs cut from it."""
    return jax.lax.optimization_barrier(jnp.zeros(shape, dtype))


class Equations:
    """What ``fn()``, which returns a list of traced arrays, computes.

    ``results`` are the variables of that list, in order; those of placeholders among them become inputs.
    """

    def __init__(self, fn: Callable[[], list]) -> None:
        with collecting() as used:
            closed = jax.make_jaxpr(fn, axis_env=axes())()
        if len(used) > 1:
            raise NeedsOneGroup(f"it communicates in several groups of ranks, {sorted(used)}")
        self._ranks = next(iter(used), None)  # of the processes that run this together
        self._eqns = closed.jaxpr.eqns
        self.results = list(closed.jaxpr.outvars)
        self._constants = dict(zip(closed.jaxpr.constvars, closed.consts))

    @property
    def alone(self) -> bool:
        """Whether no other process takes part."""
        return self._ranks is None

    def used(self, outputs: Sequence[Any], inputs: Sequence[Any]) -> set:
        """Those of the variables ``inputs`` on which ``outputs`` depend."""
        _, needed = self._needed(outputs, set(inputs))
        return needed & set(inputs)

    def program(self, inputs: Sequence[Any], outputs: Sequence[Any], donate: tuple[int, ...] = (),
                placing: Any = None, placed: Sequence[int] = ()) -> Callable:
        """The compiled function from arrays for ``inputs`` to a list of arrays for ``outputs``.

        The buffers of the inputs numbered in ``donate`` may be overwritten. On several devices, the outputs numbered
        in ``placed`` are laid out as ``placing`` says.
        """
        inputs, outputs = list(inputs), list(outputs)
        eqns, _ = self._needed(outputs, set(inputs))
        constants = self._constants

        def run(*arrays: Any) -> list:
            env = dict(constants)
            env.update(zip(inputs, arrays))
            _evaluate(eqns, env)
            return _placed([_read(env, v) for v in outputs], placing, placed)

        return self._compiled(run, donate)

    def _compiled(self, fn: Callable, donate: tuple[int, ...] = ()) -> Callable:
        if self._ranks is None:
            return jax.jit(fn, donate_argnums=donate)
        return RankProgram(fn, self._ranks, donate, "a compiled program")

    def split(self, inputs: Sequence[Any], outputs: Sequence[Any], cotangents: Sequence[Any], late: Sequence[Any],
              placing: Any = None, placed: tuple = ((), ())) -> tuple[Callable, Callable, list]:
        """(forward, backward, which inputs the backward takes); ``placed`` numbers outputs of each, as in ``program``.

        ``forward(*inputs)`` gives (outputs, residuals), ``backward(some inputs, residuals, cotangents)`` gives
        ``late``. The numbers of those inputs are the third.
        """
        first = set(inputs)
        known = first | set(self._constants)
        producer: dict[Any, Any] = {}
        for eqn in self._eqns:
            if all(_is_literal(v) or v in known for v in eqn.invars) and not set(eqn.outvars) & set(cotangents):
                known.update(eqn.outvars)
            for v in eqn.outvars:
                producer[v] = eqn
        backward, _ = self._needed(late, first | set(cotangents))
        repeated: list[Any] = []
        kept: dict[Any, None] = {}
        done: set[int] = set()

        def keep(v: Any) -> None:
            if _is_literal(v) or v in self._constants or v in first:
                if not _is_literal(v) and v in first:
                    kept[v] = None
                return
            eqn = producer[v]
            if eqn.primitive.name in _CHEAP and _grows(eqn):
                if id(eqn) not in done:
                    done.add(id(eqn))
                    for u in eqn.invars:
                        keep(u)
                    repeated.append(eqn)
            else:
                kept[v] = None

        mine = [e for e in backward if any(v not in known for v in e.outvars)]
        for eqn in mine:
            for v in eqn.invars:
                if _is_literal(v) or v in known:
                    keep(v)
        for v in late:
            if not _is_literal(v) and v in known:
                keep(v)
        again = [i for i, v in enumerate(inputs) if v in kept]
        residuals = [v for v in kept if v not in first]
        forward = self.program(inputs, [*outputs, *residuals], (), placing, placed[0])
        n = len(outputs)
        taken = [inputs[i] for i in again]
        constants = self._constants

        def back(some: tuple, saved: tuple, gs: tuple) -> list:
            env = dict(constants)
            env.update(zip(taken, some))
            env.update(zip(residuals, saved))
            env.update(zip(cotangents, gs))
            _evaluate(repeated + mine, env)
            return _placed([_read(env, v) for v in late], placing, placed[1])

        pull = self._compiled(back)

        def ahead(*arrays: Any) -> tuple[list, tuple]:
            found = forward(*arrays)
            return found[:n], tuple(found[n:])

        return ahead, pull, again

    def _needed(self, outputs: Sequence[Any], given: set) -> tuple[list, set]:
        """The equations that lead to ``outputs``, in order, and the variables that they use."""
        wanted = {v for v in outputs if not _is_literal(v)}
        chosen = []
        for eqn in reversed(self._eqns):
            made = [v for v in eqn.outvars if v in wanted and v not in given]
            if made:
                chosen.append(eqn)
                wanted.update(v for v in eqn.invars if not _is_literal(v))
        return chosen[::-1], wanted

    def rows(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> tuple[dict, list]:
        """For showing: numbers of the variables; and per equation that leads from ``inputs`` to ``outputs`` its name,
        the numbers that it takes and gives, and the types of the latter."""
        eqns, used = self._needed(outputs, set(inputs))
        numbers: dict[Any, int] = {}
        for v in inputs:
            if v in used:
                numbers[v] = len(numbers)
        constants = [v for v in self._constants if v in used]
        rows: list[Any] = []
        for v in constants:
            numbers[v] = len(numbers)
            rows.append(("constant", (), (numbers[v],), (_typed(v),)))
        for eqn in eqns:
            taken = tuple([str(v.val) if _is_literal(v) else numbers[v] for v in eqn.invars])
            for v in eqn.outvars:
                numbers[v] = len(numbers)
            name = eqn.params.get("name") if eqn.primitive.name in ("jit", "pjit") else None
            rows.append((name or eqn.primitive.name, taken, tuple([numbers[v] for v in eqn.outvars]),
                         tuple([_typed(v) for v in eqn.outvars])))
        for v in outputs:
            if _is_literal(v) or v not in numbers:
                numbers[v] = len(numbers)
                rows.append((f"constant {v}", (), (numbers[v],), (_typed(v),)))
        return numbers, rows

    def text(self) -> str:
        """The equations in JAX's notation."""
        return "\n".join(map(str, self._eqns))


def _typed(v: Any) -> str:
    return f"{v.aval.dtype}[{','.join(map(str, v.aval.shape))}]"


def _is_literal(v: Any) -> bool:
    return hasattr(v, "val")


def _read(env: dict, v: Any) -> Any:
    return v.val if _is_literal(v) else env[v]


def _placed(arrays: list, placing: Any, which: Sequence[int]) -> list:
    if placing is not None:
        for i in which:
            arrays[i] = jax.lax.with_sharding_constraint(arrays[i], placing)
    return arrays


def _evaluate(eqns: Sequence[Any], env: dict) -> None:
    for eqn in eqns:
        params = eqn.primitive.get_bind_params(eqn.params)
        out = eqn.primitive.bind(*[_read(env, v) for v in eqn.invars], **params)
        env.update(zip(eqn.outvars, out if eqn.primitive.multiple_results else [out]))


def _grows(eqn: Any) -> bool:
    """Whether the result is no smaller than what it is made of, so that keeping the latter costs no more."""
    size = sum(v.aval.size * v.aval.dtype.itemsize for v in eqn.invars if not _is_literal(v))
    return size <= sum(v.aval.size * v.aval.dtype.itemsize for v in eqn.outvars)
