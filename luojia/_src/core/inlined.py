"""Rules as text: the derivative rule of an operator whose body is one ``return``, to be written into a pass.

A rule such as

    def _(xp, g, ans, args, needs):
        x, y = args
        return g * y if needs[0] else None, g * x if needs[1] else None

gives, for a node of which the first parent alone wants a gradient, the line ``a0 = g1 * n1.args[1]``. That leaves out a
call, a tuple and the questions for ``needs``: a twentieth of what a small operation costs with its share of backward.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

_GIVEN = ("xp", "g", "ans", "args", "needs")
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr, ast.Await, ast.Yield,
           ast.YieldFrom, ast.JoinedStr)  # names within these are not all the rule's own
_SINGLE = np.dtype("float32")
_parsed: dict[Any, tuple[list[str], list[ast.expr]] | None] = {}  # by the rule's code


def cotangents(rule: Callable, count: int) -> tuple[list[str], list[ast.expr]] | None:
    """The names that a rule gives to its arguments (none where it does not), and an expression for each of ``count``
    cotangents; None for a rule that is not one ``return`` of as many.

    >>> from luojia._src.ops.arithmetic import add
    >>> [ast.unparse(e) for e in cotangents(add.rule, 2)[1]]
    ['g', 'g']
    """
    code = getattr(rule, "__code__", None)
    if code is None or rule.__closure__ or rule.__defaults__ or rule.__kwdefaults__:
        return None
    if code not in _parsed:
        _parsed[code] = _parse(rule)
    found = _parsed[code]
    return found if found is not None and len(found[1]) == count else None


def _parse(rule: Callable) -> tuple[list[str], list[ast.expr]] | None:
    try:
        source = textwrap.dedent(inspect.getsource(rule))
        tree = ast.parse(source)
        definition = tree.body[0]
        if not isinstance(definition, ast.FunctionDef) or not _is_of(definition, rule.__code__):
            return None
    except (OSError, TypeError, SyntaxError, ValueError, IndexError):  # no source, or no longer that of the rule
        return None
    *before, last = [s for s in definition.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if not isinstance(last, ast.Return) or any(isinstance(n, _SCOPES) for n in ast.walk(definition)):
        return None
    names: list[str] = []
    for statement in before:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=elements)], value=ast.Name(id="args")) if not names and all(
                isinstance(e, ast.Name) and e.id not in _GIVEN for e in elements
            ):
                names = [e.id for e in elements if isinstance(e, ast.Name)]
            case _:
                return None
    return (names, last.value.elts) if isinstance(last.value, ast.Tuple) else None


def _is_of(definition: ast.FunctionDef, code: Any) -> bool:
    """Whether this definition compiles to ``code``: a file may have changed since it was read."""
    definition.decorator_list = []
    made = compile(ast.Module([definition], []), "<rule>", "exec", 0, True)
    found = next(c for c in made.co_consts if hasattr(c, "co_code"))
    return (found.co_code, found.co_names, found.co_varnames) == (code.co_code, code.co_names, code.co_varnames) and (
        repr(found.co_consts) == repr(code.co_consts))


def _of_arrays(expression: ast.expr) -> bool:
    """Whether this is arithmetic on the gradient and the answer, and so an array of their dtype."""
    match expression:
        case ast.Name(id="g" | "ans"):
            return True
        case ast.BinOp(left=left, right=right):
            return _of_arrays(left) and _of_arrays(right)
    return False


@cache
def _number(value: int | float) -> np.ndarray:
    return np.asarray(value, _SINGLE)


class Inliner(ast.NodeTransformer):
    """Writes a rule's expressions with the names of the pass that they become part of.

    ``names`` and ``own`` give the source for what the rule is given and for its own names, ``arguments`` for each of
    ``args``, ``needs`` which cotangents are wanted, and ``bake`` the name by which the pass knows a value. With
    ``numbers``, numbers beside arrays are written as arrays.
    """

    def __init__(self, rule: Callable, names: dict[str, str], own: dict[str, str], arguments: list[str], needs: tuple,
                 bake: Callable[[Any], str], numbers: bool) -> None:
        self.globals, self.needs, self.bake, self.numbers = rule.__globals__, needs, bake, numbers
        self.names, self.arguments = {**names, **own}, arguments
        self.missing = False  # whether an expression named what is not known here

    def source(self, expression: ast.expr) -> str | None:
        """The expression as source; None where it may be None, or names what is not known here."""
        copy = ast.parse(ast.unparse(expression), mode="eval").body
        made = self.visit(copy)
        if self.missing or any(isinstance(n, ast.Constant) and n.value is None for n in ast.walk(made)):
            return None
        return ast.unparse(made)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        match node.test:
            case ast.Subscript(value=ast.Name(id="needs"), slice=ast.Constant(value=int(k))):
                return self.visit(node.body if self.needs[k] else node.orelse)
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """A number beside an array is one that NumPy need not convert, as long as gradients are in float32."""
        numbers = [(side, number.value) for side, number, other in (
            ("left", node.left, node.right), ("right", node.right, node.left))
            if self.numbers and isinstance(number, ast.Constant) and number.value.__class__ in (int, float)
            and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)) and _of_arrays(other)]
        self.generic_visit(node)
        for side, number in numbers:
            made = f"{self.bake(_number(number))} if {self.names['g']}.dtype is {self.bake(_SINGLE)} else {number!r}"
            setattr(node, side, ast.parse(made, mode="eval").body)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        match node:
            case ast.Subscript(value=ast.Name(id="args"), slice=ast.Constant(value=int(k))):
                return ast.parse(self.arguments[k], mode="eval").body
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in self.names:
            return ast.parse(self.names[node.id], mode="eval").body
        if node.id in self.globals:
            return ast.Name(self.bake(self.globals[node.id]), ast.Load())
        self.missing = self.missing or not hasattr(builtins, node.id)
        return node
