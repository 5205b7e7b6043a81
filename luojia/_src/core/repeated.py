"""Backward passes that repeat: a graph of the structure of earlier ones is passed by straight-line Python.

A training loop records the same operators, linked alike, at every step. ``repeated(head, g)`` counts the graphs that
it does not know; when enough have come from one operator it writes the pass over the present graph as a function, a
node a few lines, if one of the last graphs had the same operators. That function first walks its graph and compares all
that it has been written for (operators, links, attributes): of another graph it gives None, and changes nothing. What
remains of the pass are the operators' own rules, with no search for the next node and no table of pending gradients.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from numpy import ndarray

from .inlined import Inliner, cotangents
from .tape import ALIGNED, SELECT, Node, RichNode, next_id, state

_FEWEST, _MOST = 2, 2048  # nodes of a graph for which a pass is written: 0.1 ms a node, of which each pass saves 0.5 us
_PATIENCE = 16  # how many graphs from one operator are unknown before a pass is written; then four times as many
_KEPT = 4  # passes per operator at the head
_NAME = re.compile(r"_(?:xp|g|ans|arg\d+)_")  # stands for what is another at each node
_OPERATORS = 256  # operators at the head that are remembered
_known: dict[Any, list[Callable]] = {}  # passes, by the operator at the head
_unknown: dict[Any, list[int]] = {}  # how many graphs were not known, and at how many of them a pass is written
_last: dict[Any, list[list]] = {}  # the operators of each of the graphs just before the one that a pass is written for


def repeated(head: Node, g: Any, floor: int = 0, wanted: Any = frozenset(),
             linked: bool = False) -> dict[Any, Any] | None:
    """As ``tape.backward([(head, g)], floor=floor, wanted=wanted, linked=linked)``, for a graph of known structure.

    None if it is not known, and then nothing happened. Each node that is wanted must be an end (see ``is_end``), and a
    graph with nodes numbered up to ``floor`` is never known.
    """
    op = (head.op, linked) if linked else head.op
    if not head.device._engine.direct:
        return None
    for run in _known.get(op, ()):
        found = run(head, g, floor, wanted)
        if found is not None:
            return found
    count = _unknown.get(op)
    if count is None:
        if len(_unknown) >= _OPERATORS:
            forget()
        count = _unknown[op] = [0, _PATIENCE]
    count[0] += 1
    if count[0] < count[1] - _KEPT:
        return None
    nodes = _collect(head, wanted)
    operators = [n.op for n in nodes or ()]
    if count[0] < count[1]:
        _last.setdefault(op, []).append(operators)
        return None
    count[1] *= 4
    if not nodes or operators not in _last.pop(op, ()):
        return None  # it changes from step to step, or the tape did not see yet which rules leave a gradient out
    passes = _known.setdefault(op, [])
    passes.insert(0, _write(nodes, floor, wanted, linked))
    del passes[_KEPT:]
    return passes[0](head, g, floor, wanted)


def forget() -> None:
    """Give up all passes: they call the rules that were there when they were written."""
    for kept in (_unknown, _known, _last):
        kept.clear()


def is_end(node: Any, floor: int) -> bool:
    """Whether a backward pass stops at this node if it is wanted: a variable, or an input within an outer recording."""
    return node.op is None or node.id > floor and node.op.name == "identity" and node.parents[0].id <= floor


def _collect(head: Node, wanted: Any) -> list[Node] | None:
    """The nodes of a graph, last recorded first; None for a graph that no pass is written for."""
    if head in wanted:
        return None
    found: dict[Any, None] = {head: None}
    stack: list[Any] = [head]
    while stack:
        node = stack.pop()
        if node.parents is None or not node.device._engine.direct or len(found) > _MOST:
            return None
        if not getattr(node.op, "lasting", False):  # a pass would keep what the call's own operation keeps
            return None
        for p in node.parents:
            if p is not None and p.op is not None and p not in found and p not in wanted:
                found[p] = None
                stack.append(p)
    return sorted(found, key=lambda n: -n.id) if len(found) >= _FEWEST else None


def _write(nodes: list[Node], floor: int, wanted: Any, linked: bool = False) -> Callable:
    """The pass over graphs of this structure."""
    if linked:
        from .repeated_linked import LinkedWriter  # which knows Tensors, and they this

        return LinkedWriter(nodes, floor, wanted).function()
    return Writer(nodes, floor, wanted).function()


class Writer:
    """Writes ``run(n0, g0, floor, wanted)``: the walk, which compares, and the pass."""

    linked = False  # whether rules run on Tensors; on arrays numbers are written as arrays, and sums added to in place

    def __init__(self, nodes: list[Node], floor: int, wanted: Any) -> None:
        self.nodes = nodes
        self.floor, self.wanted = floor, wanted
        self.names: dict[Any, str] = {n: f"n{i}" for i, n in enumerate(nodes)}  # of nodes and leaves
        self.space: dict[str, Any] = {"Node": Node, "RichNode": RichNode, "ALIGNED": ALIGNED, "next_id": next_id,
                                      "state": state, "fitted": _fitted}
        self.baked: dict[int, str] = {}
        self.written: dict[tuple, dict[int, str] | None] = {}  # rules as text, by what it depends on
        self.later: list[str] = []  # what would show that two nodes are one, or were there before
        self.arrived: dict[Any, int] = {nodes[0]: 1}  # how many gradients have arrived at a node or leaf
        self.unsure: set[Any] = set()  # those whose gradient may be absent
        self.lines = ["def run(n0, g0, floor, wanted):", "    try:"]

    def function(self) -> Callable:
        seen: set[Any] = {self.nodes[0]}
        for node, after in zip(self.nodes, [*self.nodes[1:], None]):
            self._walk(node, after, seen)
        leaves = [n for n in self.names if self._ends(n)]
        if len(leaves) > 1:
            names = [self.names[n] for n in leaves]
            alike = f"len({{{', '.join(names)}}}) != {len(names)}" if len(names) > 2 else " is ".join(names)
            self._add("        ", f"if {alike}: return None")
        self.later.append(f"{self.names[self.nodes[-1]]}.id <= floor")
        self._add("        ", f"if {' or '.join(self.later)}: return None")
        self._add("    ", "except (TypeError, ValueError, AttributeError): return None  # freed, or linked otherwise")
        self._begin()
        for node in self.nodes:
            self._pass(node)
        leaves = [n for n in leaves if n in self.arrived]
        sure = ", ".join(f"{self.names[n]}: {self._gradient(n)}" for n in leaves if n not in self.unsure)
        self._add("    ", f"found = {{{sure}}}",
                  *[f"if {self._gradient(n)} is not None or not floor: found[{self.names[n]}] = {self._gradient(n)}"
                    for n in leaves if n in self.unsure], "return found")
        source = "\n".join(self.lines)
        exec(compile(source, "<repeated pass>", "exec"), self.space)  # noqa: S102 - made of the names above alone
        return self.space.pop("run")  # no cycle: a pass that is given up goes at once

    def _begin(self) -> None:
        self._add("    ", "now = next_id()")
        if not all([n.__class__ is Node and n.op.direct_rule is not None for n in self.nodes]):
            self._add("    ", "state.retain = False")  # operations with a pull of their own ask for it

    def _add(self, indent: str, *lines: str) -> None:
        self.lines += [indent + line for line in lines]

    def _bake(self, value: Any) -> str:
        """The name by which the function knows a value."""
        name = self.baked.get(id(value))
        if name is None:
            name = self.baked[id(value)] = f"c{len(self.baked)}"
            self.space[name] = value  # which keeps it, and so its id
        return name

    def _ends(self, node: Any) -> bool:
        return node.op is None or node in self.wanted

    def _wants(self, parent: Any) -> bool:
        """Whether a gradient passes to this parent of a node."""
        return parent is not None and (
            parent.op is not None or not self.floor or parent.id > self.floor or parent in self.wanted)

    def _gradient(self, node: Any) -> str:
        return ("d" if self._ends(node) else "g") + self.names[node][1:]

    def _walk(self, node: Node, after: Node | None, seen: set) -> None:
        """Compare ``node``, and bind its parents; ``after`` is the next in order."""
        n = self.names[node]
        differs = [f"{n}.op is not {self._bake(node.op)}", f"{n}.__class__ is not {node.__class__.__name__}"]
        if node.op.name == "identity":
            differs.append(f"{n} in wanted")  # then it would be an end
        if node.attrs is ALIGNED:
            differs.append(f"{n}.attrs is not ALIGNED")
        else:
            attrs = self._bake(node.attrs)
            differs.append(f"{n}.attrs is not {attrs} and ({n}.attrs is ALIGNED or {n}.attrs != {attrs})")
        targets, checks = [], []
        for i, p in enumerate(node.parents):
            if p is None or p in seen:
                targets.append(f"t{i}")
                checks.append(f"t{i} is not {None if p is None else self.names[p]}")
                continue
            seen.add(p)
            name = self.names.setdefault(p, f"l{len(self.names)}")
            targets.append(name)
            if p.op is not None and self._ends(p):
                checks.append(f"{name} not in wanted")
            elif p.op is None:
                met = f"(not floor or {name}.id > floor or {name} in wanted)"
                checks += [f"{name}.op is not None", f"not {met}" if self._wants(p) else met]
        self._add("        ", f"if {' or '.join(differs)}: return None",
                  f"{', '.join(targets)}{',' if targets else '()'} = {n}.parents")
        if checks:
            self._add("        ", f"if {' or '.join(checks)}: return None")
        if after is not None and after not in node.parents:  # else its number is smaller anyway
            self.later.append(f"{n}.id <= {self.names[after]}.id")

    def _pass(self, node: Node) -> None:
        """Pull the gradient of ``node`` back to its parents."""
        n, g, indent = self.names[node], self._gradient(node), "    "
        if node in self.unsure:
            self._add(indent, *[f"{self._gradient(p)} = None" for p in node.parents
                                if self._wants(p) and p not in self.arrived])
            self._add(indent, f"if {g} is not None:")
            indent += "    "
        done = self._done(node, g)
        if node.op is SELECT:
            self._select(indent, node, g)
            self._add(indent, done)
            return
        needs = tuple([self._wants(p) for p in node.parents])
        if True in needs:
            self._pull(indent, node, needs)
        if node.__class__ is RichNode:
            self._add(indent, f"if {n}.effect is not None: {n}.effect()", self._settled(n))
        self._add(indent, done)

    def _done(self, node: Node, g: str) -> str:
        """The line that frees a node that was passed."""
        n = self.names[node]
        ans = f"{n}.ans = " if node.ans is not None or getattr(node.op, "keep_ans", True) else ""
        return f"{n}.parents = {ans}{g} = None; {n}.args = now"

    def _settled(self, n: str) -> str:
        return f"{n}.saved = {n}.effect = None"

    def _pull(self, indent: str, node: Node, needs: tuple) -> None:
        """Ask the operator of ``node`` for the gradients of its parents."""
        op = node.op
        direct = op.direct_rule is not None and node.__class__ is Node
        written = self._inlined(node, needs) if direct and not op.partial else None
        if written is not None and node.attrs is ALIGNED and self.unsure.isdisjoint([node, *node.parents]):
            for i, source in written.items():  # the common case, without a name for each cotangent
                self._arrive(indent, source, node.parents[i], True)
            return
        if written is None:
            self._add(indent, *self._called(node, needs, direct))
        else:
            for i, source in written.items():
                self._add(indent, f"a{i} = {source}", *[self._fit(node, i)] * (node.attrs is not ALIGNED))
        sure = (written is not None or direct and not op.partial and not self.linked) and node not in self.unsure
        for i, p in enumerate(node.parents):
            if needs[i]:
                self._arrive(indent, f"a{i}", p, sure)

    def _called(self, node: Node, needs: tuple, direct: bool) -> list[str]:
        """The lines that call the rule of ``node``."""
        n, g, op = self.names[node], self._gradient(node), node.op
        out = ", ".join(f"a{i}" if need else "_" for i, need in enumerate(needs))
        fits = [self._unfit(n, i) for i, need in enumerate(needs) if need]
        slow = f"{out}, = {self._bake(op)}.pull({n}, {g}, {needs!r}, {self.linked})"
        if direct:
            names = self._names(node)
            attrs = "".join(f", {name}={self._bake(value)}" for name, value in node.attrs.items())
            took = self._taken(needs, out, f"{self._bake(op.direct_rule)}({names['_xp_']}, {g}, {names['_ans_']}, "
                                           f"{self._arguments(node)}, {needs!r}{attrs})")
            return took if node.attrs is ALIGNED else took + fits
        has_fast = node.__class__ is RichNode and getattr(op, "fast_backward", None) is not None and op.outputs == 1
        if has_fast and not self.linked:
            took = self._taken(needs, out, f"{self._bake(op)}.fast_backward(s, {g}, {n}.args, {needs!r}, **{n}.attrs)")
            return [f"s = {n}.saved", f"if s is None or callable(s): {slow}", "else:",
                    *[f"    {line}" for line in took + fits]]
        return [slow]

    def _unfit(self, n: str, i: int) -> str:
        """The line that gives a cotangent the shape and dtype of its argument, where it has others or is absent."""
        a, to = f"a{i}", f"{n}.args[{i}]"
        unlike = "" if self.linked else f"if {a} is None or {a}.dtype is not {to}.dtype or {a}.shape != {to}.shape: "
        return f"{unlike}{a} = fitted({n}, {i}, {a})"

    @staticmethod
    def _taken(needs: tuple, out: str, call: str) -> list[str]:
        """The lines that call a rule, which may give a single cotangent by itself."""
        if len(needs) == 1:
            return [f"a0 = {call}", "if a0.__class__ is tuple: a0 = a0[0]"]
        return [f"{out}, = {call}"]

    def _inlined(self, node: Node, needs: tuple) -> dict[int, str] | None:
        """The source of each wanted parent's cotangent, if the rule of ``node`` is one ``return``; see inlined.py."""
        rule = node.op.direct_rule
        attrs = {name: self._bake(value) for name, value in node.attrs.items()}
        key = rule, needs, *attrs.values()
        if key not in self.written:
            self.written[key] = self._expressions(rule, needs, attrs, len(node.args))
        expressions = self.written[key]
        if expressions is None:
            return None
        names = {"_g_": self._gradient(node), **self._names(node),
                 **{f"_arg{i}_": self._argument(node, i) for i in range(len(node.args))}}
        return {i: _NAME.sub(lambda found: names[found[0]], source) for i, source in expressions.items()}

    def _expressions(self, rule: Callable, needs: tuple, attrs: dict[str, str], count: int) -> dict[int, str] | None:
        """For each wanted parent the source of its cotangent, with names to be filled in for each node."""
        found = cotangents(rule, len(needs))
        if found is None:
            return None
        given, expressions = found
        arguments = [f"_arg{i}_" for i in range(count)]
        inliner = Inliner(rule, {"xp": "_xp_", "g": "_g_", "ans": "_ans_", **attrs}, dict(zip(given, arguments)),
                          arguments, needs, self._bake, not self.linked)
        sources = {i: inliner.source(e) for i, (e, need) in enumerate(zip(expressions, needs)) if need}
        return None if None in sources.values() else sources  # type: ignore[return-value]

    def _names(self, node: Node) -> dict[str, str]:
        """The source for ``xp`` and ``ans`` in a rule."""
        return {"_xp_": self._bake(node.device._engine.xp), "_ans_": f"{self.names[node]}.ans"}

    def _arguments(self, node: Node) -> str:
        """The source for ``args`` in a rule that is called."""
        return f"{self.names[node]}.args"

    def _argument(self, node: Node, i: int) -> str:
        """The source for an argument in a rule; of one number for many, a view that NumPy takes in half the time."""
        a, name = node.args[i], f"{self.names[node]}.args[{i}]"
        if getattr(node.op, "elementwise", False) and a.__class__ is ndarray and a.size == 1 and a.ndim:
            return f"({name} if {name}.size != 1 else {name}.reshape(()))"
        return name

    def _fit(self, node: Node, i: int) -> str:
        a, to = f"a{i}", f"{self.names[node]}.args[{i}]"
        return (f"if {a}.dtype is not {to}.dtype or {a}.shape != {to}.shape: "
                f"{a} = {self._bake(node.op.fit)}({a}, {to})")

    def _select(self, indent: str, node: Node, g: str) -> None:
        """Put the gradient of one output in its place among those of the node with several."""
        top = node.parents[0]
        to, k = self._gradient(top), node.attrs["index"]
        if top not in self.arrived:
            self._add(indent, f"{to} = [None] * len({self.names[top]}.ans)")
        elif top in self.unsure:
            self._add(indent, f"if {to} is None: {to} = [None] * len({self.names[top]}.ans)")
        if node in self.unsure:
            self.unsure.add(top)
        self.arrived[top] = self.arrived.get(top, 0) + 1
        self._add(indent, f"{to}[{k}] = {g} if {to}[{k}] is None else {to}[{k}] + {g}")

    def _arrive(self, indent: str, value: str, parent: Any, sure: bool) -> None:
        """Add a cotangent to the gradient of ``parent``; unless ``sure``, it may be None."""
        to = self._gradient(parent)
        count = self.arrived[parent] = self.arrived.get(parent, 0) + 1
        if not sure:
            self.unsure.add(parent)
        if count == 1:
            self._add(indent, f"{to} = {value}")
        elif parent in self.unsure:
            self._add(indent, f"if {value} is not None: {to} = {value} if {to} is None else {to} + {value}")
        elif count == 2 or self.linked:  # the sum is an array of our own, to be added to in place
            self._add(indent, f"{to} = {to} + {value}")
        else:
            self._add(indent, f"{to} += {value}")


def _fitted(node: Node, i: int, g: Any) -> Any:
    """The cotangent ``g`` in the shape and dtype of argument ``i``."""
    a = node.args[i]
    return g if g is None or g.dtype is a.dtype and g.shape == a.shape else node.op.fit(g, a)
