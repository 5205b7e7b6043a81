"""Faces: the grammar of a spec, and the functions and classes made of it."""

import inspect
import pickle

import numpy as np
import pytest

from luojia import Tensor, nd, ops
from luojia._src.core import dtypes as D
from luojia._src.core.compiled_faces import compile_class, compile_function, run_plain
from luojia._src.core.faces import Face, FaceModule, index_faces, tidy
from luojia._src.core.op import OPERATORS, Operator

X = Tensor([1.0, 2.0])


def affine(xp, x, b=None, *, by=2.0, modes=("a",), plus):
    """x by + plus, and b."""
    y = x * by + plus
    return y if b is None else y + b


AFFINE = Operator(affine, "affine")
JOIN = Operator(lambda xp, *xs, axis=0: xp.concatenate(xs, axis), "join")


def function(spec, op=AFFINE, extra=""):
    def run(face, inputs, attrs, **more):
        return run_plain(face, inputs, attrs) if not more else (run_plain(face, inputs, attrs), more)

    return compile_function(Face(op, spec), run, "somewhere", extra)


def numbers(t):
    return t.asnumpy().tolist()


# -- the grammar -------------------------------------------------------------------------------------------------------


def test_a_spec_of_a_function():
    face = Face(AFFINE, "f(data:x, scale:by=3.0, name:_=None, bias:b=None) | plus=1.0")
    assert face.name == "f" and face.call is None and face.fixed == {"plus": 1.0}
    assert [(p.public, p.internal) for p in face.params] == [
        ("data", "x"), ("scale", "by"), ("name", "_"), ("bias", "b")]
    assert [p.public for p in face.inputs] == ["data", "bias"]
    assert [p.public for p in face.attributes] == ["scale", "name"]
    assert face.attrs_of({"scale": [1, 2]}) == {"by": (1, 2), "plus": 1.0}


def test_defaults_may_hold_commas_brackets_and_quotes():
    face = Face(AFFINE, """f(x, modes=("a,b", 'c)d', [1, (2, 3)]), plus={'k': 1})""")
    assert [p.default for p in face.attributes] == [("a,b", "c)d", [1, (2, 3)]), {"k": 1}]


def test_a_spec_of_a_class():
    face = Face(AFFINE, "Affine(scale:by=1.0, plus=0.0)(x, b=None)")
    assert [p.public for p in face.init] == ["scale", "plus"] and [p.public for p in face.call] == ["x", "b"]
    assert [p.public for p in face.params] == ["x", "b", "scale", "plus"]


@pytest.mark.parametrize("spec, message", [
    ("no brackets", "affine: cannot read the face 'no brackets'"),
    ("f(x", "cannot read the face"),
    ("f(data)", r"maps data to data, which <operator affine.*> lacks"),
    ("f(x, scale:factor=1)", "maps scale to factor, which"),
    ("F(factor=1)(x)", "maps factor to factor, which"),
])
def test_specs_that_do_not_fit(spec, message):
    with pytest.raises(ValueError, match=message):
        Face(AFFINE, spec)


def test_tidy():
    assert tidy([1, [2, D.float32], (3,)]) == (1, (2, np.dtype(np.float32)), (3,)) and tidy("a") == "a"


def test_a_name_belongs_to_one_operator(monkeypatch):
    monkeypatch.setitem(OPERATORS, "other_exp", Operator(lambda xp, x: x, "other_exp", faces={"fn": ("exp(x)",)}))
    with pytest.raises(ValueError, match="fn face 'exp' belongs to exp and to other_exp"):
        index_faces("fn")


# -- functions ---------------------------------------------------------------------------------------------------------


def test_a_function_of_a_face():
    f = function("f(data:x, scale:by=3.0, name:_=None, bias:b=None) | plus=1.0")
    assert numbers(f(X)) == [4.0, 7.0] and numbers(f(X, 2.0)) == [3.0, 5.0]
    assert numbers(f(data=X, bias=X, scale=1.0, name="ignored")) == [3.0, 5.0]
    assert str(inspect.signature(f)) == "(data, scale=3.0, name=None, bias=None)"
    assert (f.__name__, f.__qualname__, f.__module__) == ("f", "f", "somewhere")
    assert f.__doc__.startswith("x by + plus, and b.\n\nArgs:\n    data: x of the formula, an array.\n")
    assert "    scale: by of the formula (3.0 if left out).\n    name: accepted, without effect.\n" in f.__doc__
    assert f.face.op is AFFINE


@pytest.mark.parametrize("call, message", [
    (lambda f: f(), "missing 1 required positional argument: 'data'"),
    (lambda f: f(X, foo=1), "unexpected keyword argument 'foo'"),
    (lambda f: f(X, 1.0, None, 1, 2), "takes from 1 to 4 positional arguments but 5 were given"),
    (lambda f: f(X, data=X), "multiple values for argument 'data'"),
])
def test_wrong_calls_of_a_function(call, message):
    with pytest.raises(TypeError, match=message):
        call(function("f(data:x, scale:by=3.0, bias:b=None, need:plus=0.0)"))


def test_a_required_attribute_after_optional_arrays():
    f = function("f(data:x, bias:b=None, shift:plus)")
    assert numbers(f(X, None, 1.0)) == numbers(f(X, shift=1.0)) == [3.0, 5.0]
    with pytest.raises(TypeError, match=r"f\(\) misses the required argument 'shift'"):
        f(X)


def test_any_number_of_arrays():
    f = function("cat(*xs, dim:axis=0)", JOIN)
    m = OPERATORS["reshape"](X, shape=(1, 2))
    assert numbers(f(X, X)) == numbers(f([X, X])) == numbers(f((X, X))) == [1.0, 2.0, 1.0, 2.0]
    assert f(m, m, dim=1).shape == f([m, m], dim=1).shape == (1, 4)


def test_extra_parameters_of_a_door():
    f = function("f(x, plus=0.0)", extra="out=None, name=None")
    assert str(inspect.signature(f)) == "(x, plus=0.0, out=None, name=None)"
    assert f(X, name="n")[1] == {"out": None, "name": "n"}


def test_attributes_are_tidied():
    seen = []
    probe = Operator(lambda xp, x, *, shape, dtype=None: seen.append((shape, dtype)) or x, "probe")
    function("probe(x, shape, dtype=None)", probe)(X, [1, [2]], D.float16)
    assert seen == [((1, (2,)), np.dtype(np.float16))]


# -- classes -----------------------------------------------------------------------------------------------------------


def test_a_class_of_a_face():
    Affine = compile_class(Face(AFFINE, "Affine(scale:by=1.0, plus=0.0)(x, b=None)"), "somewhere")
    assert str(inspect.signature(Affine)) == "(scale=1.0, plus=0.0)"
    assert (Affine.__name__, Affine.__module__) == ("Affine", "somewhere")
    assert Affine.__doc__.endswith("    b: an array (None if left out).\n"
                                   "    scale: by of the formula (1.0 if left out).\n    plus: (0.0 if left out).")
    f = Affine(3.0)
    assert numbers(f(X)) == [3.0, 6.0] and numbers(f(X, X)) == numbers(f(X, b=X)) == [4.0, 8.0]
    assert (repr(f), f.name, f.scale, f.plus) == ("Prim[Affine]<scale=3.0, plus=0.0>", "Affine", 3.0, 0.0)
    with pytest.raises(AttributeError, match="'Affine' object has no attribute 'factor'"):
        f.factor  # noqa: B018
    with pytest.raises(TypeError, match="unexpected keyword argument 'factor'"):
        Affine(factor=1)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        f()


def test_a_class_with_required_and_late_attributes():
    Shift = compile_class(Face(AFFINE, "Shift(plus)(x, scale:by)"), "somewhere")
    assert numbers(Shift(1.0)(X, 2.0)) == [3.0, 5.0]
    with pytest.raises(TypeError, match="plus"):
        Shift()
    Odd = compile_class(Face(AFFINE, "Odd(scale:by=1.0, plus)(x)"), "somewhere")
    with pytest.raises(TypeError, match=r"Odd\(\) misses the required argument 'plus'"):
        Odd()
    assert numbers(Odd(plus=1.0)(X)) == [2.0, 3.0]


def test_a_class_of_any_number_of_arrays():
    Join = compile_class(Face(JOIN, "Join(axis=0)(*xs)"), "somewhere")
    assert numbers(Join()(X, X)) == numbers(Join()((X, X))) == [1.0, 2.0, 1.0, 2.0]


# -- the doors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [ops.exp, ops.Exp, nd.exp, ops.MatMul])
def test_what_the_doors_make_can_be_pickled_and_found(f):
    assert pickle.loads(pickle.dumps(f)) is f
    assert inspect.getdoc(f) and f.__module__ in ("luojia.ops", "luojia.ndarray")


def test_instances_can_be_pickled():
    f = pickle.loads(pickle.dumps(ops.MatMul(transpose_b=True)))
    m = Tensor(np.ones((2, 3), np.float32))
    assert f(m, m).shape == (2, 2) and repr(f) == "Prim[MatMul]<transpose_a=False, transpose_b=True>"


def test_unknown_names():
    for module, name in ((ops, "no_such_operator"), (nd, "no_such_operator")):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
            getattr(module, name)
    with pytest.raises(KeyError, match="nothing"):
        FaceModule({"fn": lambda face: face}).get("nothing")


@pytest.mark.parametrize("kind", ["ms", "fn", "mx"])
def test_every_face_of_every_operator_compiles(kind):
    for name, (op, spec) in index_faces(kind).items():
        face = Face(op, spec)
        made = compile_class(face, "m") if face.call is not None else compile_function(face, run_plain, "m")
        assert made.__name__ == name and inspect.signature(made) is not None
        assert {p.internal for p in face.attributes} <= {*op.attrs, "_"}


def test_a_door_finds_what_is_registered_later(monkeypatch):
    door = FaceModule({"fn": lambda face: face})
    with pytest.raises(KeyError):
        door.get("affine_later")
    monkeypatch.setitem(OPERATORS, "affine_later", Operator(AFFINE.fn, "affine_later",
                                                            faces={"fn": ("affine_later(data:x)",)}))
    assert door.get("affine_later").op.name == "affine_later"
    with pytest.raises(KeyError):
        door.get("nothing")
