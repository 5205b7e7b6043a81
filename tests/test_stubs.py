"""The stub files are what the operators' tables give, and declare every public name."""

import ast
import importlib
import inspect

import pytest

from tools import stubs


@pytest.mark.parametrize("module", stubs.MODULES)
def test_the_stub_is_current(module):
    assert stubs.path_of(module).read_text("utf-8") == stubs.stub(module), "run: python -m tools.stubs"


@pytest.mark.parametrize("module", stubs.SHORT)
def test_the_stub_of_a_short_name_is_current(module):
    assert stubs.path_of(module).read_text("utf-8") == stubs.short_stub(module), "run: python -m tools.stubs"


def test_luojias_own_stub_is_current_and_has_every_name():
    text = stubs.path_of("luojia").read_text("utf-8")
    assert text == stubs.root_stub(), "run: python -m tools.stubs"
    declared = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    declared |= {a.asname for n in ast.parse(text).body if isinstance(n, ast.ImportFrom) for a in n.names}
    import luojia

    assert {*luojia._MODULES, *luojia._NAMES, *luojia._ALIASES, *luojia._DTYPES} - declared == set()


@pytest.mark.parametrize("module", stubs.CLASSES)
def test_the_stub_of_methods_is_current(module):
    assert stubs.path_of(module).read_text("utf-8") == stubs.method_stub(module), "run: python -m tools.stubs"


@pytest.mark.parametrize("module, name, parameters", [
    ("luojia._src.core.tensor_methods", "exp", ["self"]),
    ("luojia._src.core.tensor_methods", "__add__", ["self", "other"]),
    ("luojia._src.core.tensor_methods", "astype", ["self", "dtype", "copy"]),
    ("luojia.ndarray.ndarray_methods", "topk", ["self", "axis", "k", "ret_typ", "is_ascend", "dtype", "out", "name"]),
    ("luojia._src.core.symbol_methods", "clip", ["self", "a_min", "a_max", "name", "attr"]),
])
def test_a_stub_of_methods_has_the_parameters_after_self(module, name, parameters):
    (made,) = [n for n in ast.parse(stubs.path_of(module).read_text("utf-8")).body if isinstance(n, ast.ClassDef)]
    spec = {f.name: f.args for f in made.body}[name]
    assert [a.arg for a in (*spec.args, *spec.kwonlyargs)] == parameters


@pytest.mark.parametrize("module", stubs.MODULES)
def test_the_stub_declares_what_the_module_offers(module):
    tree = ast.parse(stubs.path_of(module).read_text("utf-8"))
    declared = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            declared |= {a.name: node for a in node.names if a.asname == a.name}  # others are no exports
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            declared[node.name] = node
        elif isinstance(node, ast.AnnAssign):
            declared[node.target.id] = node
        elif isinstance(node, ast.Assign):
            declared |= {target.id: node for target in node.targets}
    found = importlib.import_module(module)
    assert {*found.__all__} - {*declared} == set()
    made = [name for name in dir(found) if name[0] != "_" and hasattr(getattr(found, name), "face")]
    assert len(made) > 100 or module == "luojia.symbol"
    for name in made:
        node, signature = declared[name], inspect.signature(getattr(found, name))
        if isinstance(node, ast.ClassDef):
            node = node.body[0]
        elif isinstance(node, (ast.ImportFrom, ast.Assign)):
            continue
        spec = node.args
        names = [a.arg for a in (*spec.args, *([spec.vararg] if spec.vararg else []), *spec.kwonlyargs)]
        taken = [n for n in signature.parameters if n != "_unknown"]  # which takes names only to refuse them
        assert [n for n in names if n != "self"] == taken, name


def test_a_stale_stub_is_noticed(monkeypatch):
    from luojia import ops

    monkeypatch.setattr(ops, "exp", ops.log)
    assert stubs.path_of("luojia.ops").read_text("utf-8") == stubs.stub("luojia.ops")  # same signature, own name
    monkeypatch.setattr(ops, "exp", ops.matmul)
    assert stubs.path_of("luojia.ops").read_text("utf-8") != stubs.stub("luojia.ops")
