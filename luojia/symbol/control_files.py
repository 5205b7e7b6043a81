"""Loops and branches in MXNet's JSON: which input of the node is which variable of the graphs inside.

A graph inside lists its variables in its own order. ``*_locs`` say, for data and states, where in that order they stand
(``_foreach``); or, for each variable, which input of the node it is (``_while_loop``, ``_cond``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from .._src.core.symbol import Entry, SymNode, copy_nodes
from .._src.core.symbol_stored import node_from_file
from .._src.errors import FormatError, NotSupportedError
from .control import Inner, cond_node, foreach_node, while_node
from .symbol import Symbol


def _locs(names: Sequence[str], inside: Symbol, node: SymNode) -> list[int]:
    """Where the variables ``names`` stand among those of the graph inside."""
    order = inside.list_inputs()
    lacking = [n for n in names if n not in order]
    if lacking:
        raise NotSupportedError(f"tojson: the {node.op.name} {node.name!r} does not use all that it loops over, which "
                                "files cannot hold: the data and state arrays have to be used in the loop body.")
    return [order.index(n) for n in names]


def _inside(*graphs: Symbol) -> list[Symbol]:
    """The graphs, with a copy where they give a variable itself: mxnet infers no dtype for such an output."""
    return [Symbol([_copy(e, f"{e.node.name}_out") if e.node.op is None else e for e in g._outputs]) for g in graphs]


def _copy(entry: Entry, name: str) -> Entry:
    return node_from_file("_copy", name, {}, [entry], Symbol)[0]


def _attrs(**values: Any) -> dict[str, str]:
    return {k: str(v) for k, v in values.items()}


def _dump_foreach(node: SymNode) -> tuple[dict[str, str], list]:
    p = node.op.parts
    body, first = p["body"], p["n_data"] + p["n_states"]
    return _attrs(
        in_data_locs=_locs(body.names[: p["n_data"]], body.symbol, node),
        in_state_locs=_locs(body.names[p["n_data"] : first], body.symbol, node),
        remain_locs=_locs(body.names[first:], body.symbol, node), num_out_data=p["n_outs"], num_outputs=node.count,
        num_args=len(node.args) + 1,
    ), _inside(body.symbol)


def _dump_while(node: SymNode) -> tuple[dict[str, str], list]:
    p = node.op.parts
    n, test, body = p["n"], p["test"], p["body"]
    places = {name: i for i, name in enumerate(body.names[:n])} | dict(zip(test.names[:n], range(n)))
    places |= {name: n + i for i, name in enumerate(test.names[n:])}
    places |= {name: len(test.names) + i for i, name in enumerate(body.names[n:])}
    return _attrs(
        cond_input_locs=[places[v] for v in test.symbol.list_inputs()],
        func_input_locs=[places[v] for v in body.symbol.list_inputs()],
        func_var_locs=_locs(body.names[:n], body.symbol, node), max_iterations=p["max_iterations"],
        num_out_data=p["n_outs"], num_outputs=node.count, num_args=len(node.args) + 2,
    ), _inside(test.symbol, body.symbol)


def _dump_cond(node: SymNode) -> tuple[dict[str, str], list]:
    yes, no = node.op.parts["yes"], node.op.parts["no"]
    unique = list(dict.fromkeys(node.args))  # mxnet wants each input once
    place = [unique.index(a) for a in node.args]
    then = dict(zip(yes.names, place[1:]))
    other = dict(zip(no.names, place[1 + len(yes.names) :]))
    pred = Symbol([Entry(SymNode(f"{node.name}_pred"))])
    return _attrs(
        cond_input_locs=[place[0]], then_input_locs=[then[v] for v in yes.symbol.list_inputs()],
        else_input_locs=[other[v] for v in no.symbol.list_inputs()], num_outputs=node.count,
        num_args=len(unique) + 3,
    ), _inside(pred, yes.symbol, no.symbol)


def _numbers(attrs: dict[str, str], key: str, limit: int) -> list[int]:
    """The list of numbers below ``limit`` under ``key``."""
    found = json.loads(attrs[key])
    if not isinstance(found, list) or not all(isinstance(n, int) and 0 <= n < limit for n in found):
        raise FormatError(f"the attribute {key} expects numbers below {limit}, got {attrs[key]}")
    return found


def _expect_inside(inside: list, count: int) -> None:
    if len(inside) != count:
        raise FormatError(f"the node expects {count} graphs inside, got {len(inside)}")


def _load_foreach(name: str, attrs: dict[str, str], inputs: list[Entry], inside: list) -> list[Entry]:
    _expect_inside(inside, 1)
    order = inside[0].list_inputs()
    data, states, rest = (_numbers(attrs, k, len(order)) for k in ("in_data_locs", "in_state_locs", "remain_locs"))
    if sorted(data + states + rest) != list(range(len(order))) or len(inputs) != len(order) or not data:
        raise FormatError(f"its {len(inputs)} inputs and the {len(order)} of the graph inside do not match")
    body = Inner(inside[0], [order[i] for i in data + states + rest])
    outs = len(inside[0]._outputs) - len(states)
    if outs != int(attrs["num_out_data"]):
        raise FormatError(f"num_out_data is {attrs['num_out_data']}, the graph inside gives {outs}")
    return _heads(foreach_node(body, len(data), outs, len(states), name, inputs))


def _load_while(name: str, attrs: dict[str, str], inputs: list[Entry], inside: list) -> list[Entry]:
    _expect_inside(inside, 2)
    tested, looped = (g.list_inputs() for g in inside)
    of_test, of_body = (_numbers(attrs, k, len(inputs)) for k in ("cond_input_locs", "func_input_locs"))
    held = _numbers(attrs, "func_var_locs", len(looped))
    outs = len(inside[1]._outputs) - len(held)
    if len(of_test) != len(tested) or len(of_body) != len(looped) or outs != int(attrs["num_out_data"]) or not held:
        raise FormatError("its inputs and those of the graphs inside do not match")
    variables = [of_body[i] for i in held]
    test_names = [next((v for v, i in zip(tested, of_test) if i == place), f"{name}_unused{k}")
                  for k, place in enumerate(variables)]
    test_rest = [(v, i) for v, i in zip(tested, of_test) if v not in test_names]
    body_rest = [(v, i) for k, (v, i) in enumerate(zip(looped, of_body)) if k not in held]
    test = Inner(inside[0], test_names + [v for v, _ in test_rest])
    body = Inner(inside[1], [looped[i] for i in held] + [v for v, _ in body_rest])
    entries = [inputs[i] for i in variables] + [inputs[i] for _, i in test_rest + body_rest]
    return _heads(while_node(test, body, len(held), outs, int(attrs["max_iterations"]), name, entries))


def _load_cond(name: str, attrs: dict[str, str], inputs: list[Entry], inside: list) -> list[Entry]:
    _expect_inside(inside, 3)
    entries = []
    for key, graph in zip(("cond_input_locs", "then_input_locs", "else_input_locs"), inside):
        places = _numbers(attrs, key, len(inputs))
        if len(places) != len(graph.list_inputs()):
            raise FormatError(f"{key} and the variables of its graph do not match")
        entries.append([inputs[i] for i in places])
    pred = copy_nodes(inside[0]._outputs, dict(zip(inside[0].list_inputs(), entries[0])))
    if len(pred) != 1 or len(inside[1]._outputs) != len(inside[2]._outputs):
        raise FormatError("a branch expects one condition, and as many outputs of both of its graphs")
    yes, no = (Inner(g, g.list_inputs()) for g in inside[1:])
    return _heads(cond_node(yes, no, name, [pred[0], *entries[1], *entries[2]]))


def _heads(symbols: list) -> list[Entry]:
    return [s._outputs[0] for s in symbols]


LOOPS: dict[str, tuple[Callable, Callable]] = {
    "_foreach": (_dump_foreach, _load_foreach), "_while_loop": (_dump_while, _load_while),
    "_cond": (_dump_cond, _load_cond),
}
