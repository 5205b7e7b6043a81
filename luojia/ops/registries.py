"""MindSpore's registries, under whose names programs put rules for operators of their own.

A gradient goes to the class of the operator, as its ``get_bprop``, and a forward as its ``vm_impl``; see ``Primitive``.
"""

from __future__ import annotations

import importlib
from collections import UserDict
from collections.abc import Callable
from typing import Any

from .._src.errors import NotSupportedError
from .primitive import Primitive

__all__ = ["BpropRegistry", "PyFuncRegistry", "RecomputeRegistry", "Registry", "TaylorFpropRegistry", "VmImplRegistry",
           "bprop_getters", "bprops", "get_bprop_fn", "get_vm_impl_fn", "get_vmap_rule", "recompute_registry",
           "taylor_fprop_getters", "tensor_operator_registry", "vm_impl_registry", "vmap_rules_getters"]


class Registry(UserDict):
    """Rules by the class, or the name, of an operator.

    >>> rules = Registry()
    >>> @rules.register("MyOperator")
    ... def rule(prim, axis_size):
    ...     return None
    >>> rules.get("MyOperator") is rule
    True
    """

    def register(self, prim: Any) -> Callable[[Any], Any]:
        """A decorator that keeps a rule for ``prim``."""
        def keep(rule: Any) -> Any:
            self[_name(prim)] = self.accept(prim, rule)
            return rule

        return keep

    def accept(self, prim: Any, rule: Any) -> Any:
        """What is kept of a rule."""
        return rule

    def get(self, prim: Any, default: Any = None) -> Any:
        """The rule of an operator, given as a class, an object or a name."""
        return self.data.get(_name(prim), default)


def _name(prim: Any) -> str:
    return prim if isinstance(prim, str) else prim.__name__ if isinstance(prim, type) else prim.name


class BpropRegistry(Registry):
    """Gradients: ``rule(self)`` gives ``bprop(*inputs, out, dout)``.

    >>> from luojia import Tensor, ops
    >>> class Triple(ops.PrimitiveWithInfer):
    ...     @ops.prim_attr_register
    ...     def __init__(self):
    ...         pass
    ...     def vm_impl(self, x):
    ...         return x * 3
    >>> @bprop_getters.register(Triple)
    ... def get_bprop_triple(self):
    ...     return lambda x, out, dout: (dout * 3,)
    >>> ops.GradOperation()(Triple())(Tensor([1.0]))
    Tensor(shape=[1], dtype=Float32, value= [ 3.00000000e+00])
    """

    attribute = "get_bprop"

    def accept(self, prim: Any, rule: Any) -> Any:
        if not isinstance(prim, type):
            prim = getattr(importlib.import_module("luojia.ops"), _name(prim), None)
        if not isinstance(prim, type) or Primitive not in prim.__mro__:
            raise NotSupportedError(f"{_name(prim)} is no operator of one's own, and keeps its rule; derive a class "
                                    "from Primitive, or write a Module with a bprop.")
        setattr(prim, self.attribute, rule)
        return rule


class VmImplRegistry(BpropRegistry):
    """Forwards: ``rule(self)`` gives a function of NumPy arrays."""

    attribute = "vm_impl"

    def accept(self, prim: Any, rule: Any) -> Any:
        super().accept(prim, lambda self, *arrays: rule(self)(*arrays))
        return rule


class TaylorFpropRegistry(Registry):
    """Rules for Taylor series; luojia takes those of a composition, and asks for no rule."""


class PyFuncRegistry(Registry):
    """Python functions by number or name."""

    def register(self, key: Any, value: Any = None) -> Any:
        """Keep a function under a key."""
        self[key] = value

    def get(self, key: Any, default: Any = None) -> Any:
        return self.data.get(key, default)


class _TensorOperators(PyFuncRegistry):
    """The operators behind Tensor's methods; those that nobody registered are the functions of ``ops``."""

    def get(self, key: str, default: Any = None) -> Any:
        """The function of that name; its name for ``__str__``-like access where there is none."""
        found = self.data.get(key)
        return found if found is not None else getattr(importlib.import_module("luojia.ops"), key, default)


RecomputeRegistry = PyFuncRegistry
bprop_getters, bprops, taylor_fprop_getters, taylor_fprops = BpropRegistry(), Registry(), TaylorFpropRegistry(), {}
vmap_rules_getters, vmap_rules, vm_impl_registry = Registry(), Registry(), VmImplRegistry()
tensor_operator_registry, recompute_registry = _TensorOperators(), PyFuncRegistry()


def get_bprop_fn(prim: Any, get_closure: bool = False) -> Any:
    """The gradient that was registered for an operator, or None."""
    return bprop_getters.get(prim) or bprops.get(prim)


def get_taylor_fprop_fn(prim: Any) -> Any:
    """The rule that was registered for an operator's Taylor series, or None."""
    return taylor_fprop_getters.get(prim)


def get_vm_impl_fn(prim: Any) -> Any:
    """The forward that was registered for an operator, or None.

    >>> from luojia import ops
    >>> print(ops.get_vm_impl_fn("Shift"))
    None
    """
    return vm_impl_registry.get(prim)


def get_vmap_rule(prim: Any, axis_size: int) -> Any:
    """The rule that was registered for a vectorized operator, or None; ``vmap`` needs none."""
    return vmap_rules_getters.get(prim)
