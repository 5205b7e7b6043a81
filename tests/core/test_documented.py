"""What is made from faces documents itself: its parameters, what it refuses, and an example, which runs."""

from __future__ import annotations

import doctest

import numpy
import pytest

import luojia.numpy as mnp
from luojia import mint, nd, np, ops, sym
from luojia._src.core import documented
from luojia._src.core.accepted import read
from luojia._src.core.faces import Face
from luojia._src.core.op import OPERATORS
from tests.tolerances import NumbersAlike

DOORS = {"ops": ops, "nd": nd, "nd.contrib": nd.contrib, "nd.image": nd.image, "mint": mint, "mnp": mnp, "np": np,
         "np.linalg": np.linalg, "mint.nn.functional": mint.nn.functional, "mint.special": mint.special,
         "mint.linalg": mint.linalg, "sym": sym}


def documented_names() -> list[tuple[str, str]]:
    return [(door, name) for door, module in DOORS.items() for name in dir(module) if not name.startswith("__")
            if callable(getattr(module, name, None))]


def test_every_example_runs() -> None:
    parser, checker, failures, count = doctest.DocTestParser(), NumbersAlike(), [], 0
    some = 1 if nd.zeros(1).context.engine.name == "numpy" else 12  # check_op compares the engines
    for door, name in documented_names()[::some]:
        text = getattr(DOORS[door], name).__doc__ or ""
        if f">>> print({door}.{name}(" not in text:
            continue
        test = parser.get_doctest(text, {"np": numpy}, f"{door}.{name}", None, None)
        doctest.DocTestRunner(checker, verbose=False).run(test, out=failures.append)
        count += 1
    assert not failures, "\n".join(failures)
    assert count > 1500 // some, count


def test_the_checker_finds_wrong_numbers_and_wrong_text() -> None:
    check = NumbersAlike().check_output
    assert check("[0.5 1. ]\n", "[0.50000001 1.]\n", 0)
    assert not check("[0.5]\n", "[0.6]\n", 0)
    assert not check("[ True]\n", "[False]\n", 0)


def test_every_row_is_of_an_operator_or_a_face() -> None:
    faces = {spec.partition("(")[0].strip() for op in OPERATORS.values() for kind in op.faces.values() for spec in kind}
    names = [name.split(":") for name in documented._lines() if name not in OPERATORS]
    doors = list(DOORS.values())
    assert [(d, n) for d, n in names if (n not in faces if d == "face" else not any(
        hasattr(door, n) for door in (doors if d == "fn" else [DOORS[d]])))] == []


@pytest.mark.parametrize(("documented", "text"), [
    (ops.softmax, "input: x of the formula, an array of Float16, Float32, Float64, BFloat16."),
    (ops.softmax, "axis: the axis or axes along which it computes (-1 if left out)."),
    (ops.softmax, ">>> print(ops.softmax(Tensor([1.0, 1.0])))\n[0.5 0.5]"),
    (ops.MatMul, ">>> print(ops.MatMul()(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor(["),
    (ops.Concat, ">>> print(ops.Concat(axis=0)((Tensor([[1.0, 2.0]]), Tensor([[3.0, 4.0]]))))"),
    (ops.Equal, "[False  True False]"),
    (nd.broadcast_equal, "[0. 1. 0.]"),
    (nd.concat, "print(nd.concat(nd.array([[1.0, 2.0]]), nd.array([[3.0, 4.0]]), dim=0).asnumpy())"),
    (nd.one_hot, "print(nd.one_hot(nd.array([1, 0]), depth=3).asnumpy())"),
    (nd.FullyConnected, "num_hidden: accepted, without effect."),
    (ops.gather_d, "print(ops.gather_d(Tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1, index=Tensor([[1], [0]])))"),
    (ops.add, "``input`` and ``other`` broadcast and promote to one dtype; shapes that do not fit are a ValueError."),
    (ops.exp, "The result has the shape of ``input``."),
    (ops.addcmul, "Other dtypes are a TypeError."),
    (ops.equal, "Not differentiable: a constant to every gradient."),
    (ops.flip, "dims: axis of the formula, the axis or axes along which it computes."),
])
def test_what_is_told(documented: object, text: str) -> None:
    assert text in (documented.__doc__ or ""), documented.__doc__


def test_what_a_row_of_dtypes_refuses() -> None:
    row = read("f  x y: f32 f64 = axes=2; n: int>0; p: num")["f"]
    assert documented.refusals(row) == (
        "``x`` of other dtypes than Float32, Float64 is a TypeError.\n"
        "``y`` of other dtypes than Float32, Float64 is a TypeError.\n"
        "``x`` and ``y`` of unlike dtypes are a TypeError.\n"
        "``x`` has 2 axes, else a ValueError.\n``y`` has 2 axes, else a ValueError.\n"
        "``n`` is an int > 0, else a TypeError or ValueError.\n``p`` is a number, else a TypeError.")


def test_no_example_where_a_face_cannot_take_it() -> None:
    face = Face(OPERATORS["sum"], "total(x) | keepdims=True")
    assert documented.example(face, "luojia.ops") == ""
    assert documented.example(face, "elsewhere") == ""
