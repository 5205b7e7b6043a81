"""MXNet's first way to write operators: a class whose object, called with symbols, is the operator in a graph."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from . import operator
from .ndarray import NDArray

_numbers = itertools.count()


class PythonOp:
    """Base class of ``NumpyOp`` and ``NDArrayOp``.

    Args:
        need_top_grad: whether ``backward`` reads the gradients of the outputs; a loss does not.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.info_: Any = None
        self.need_top_grad_ = need_top_grad

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.get_symbol(*args, **kwargs)

    def get_symbol(self, *args: Any, **kwargs: Any) -> Any:
        """The operator applied to symbols, in order or by name."""
        raise NotImplementedError("Must override this: subclass NumpyOp or NDArrayOp, or use CustomOp.")

    def forward(self, in_data: list, out_data: list) -> None:
        """Compute the outputs into ``out_data``; by default a copy."""
        out_data[0][:] = in_data[0]

    def backward(self, out_grad: list, in_data: list, out_data: list, in_grad: list) -> None:
        """Compute the gradients into ``in_grad``; by default 1."""
        in_grad[0][:] = 1.0

    def infer_shape(self, in_shape: list) -> tuple:
        """Shapes of the inputs and of the outputs."""
        return in_shape, [in_shape[0]]

    def list_outputs(self) -> list[str]:
        """The names of the outputs."""
        return ["output"]

    def list_arguments(self) -> list[str]:
        """The names of the inputs."""
        return ["data"]

    def need_top_grad(self) -> bool:
        """Whether ``backward`` reads the gradients of the outputs."""
        return self.need_top_grad_


class NDArrayOp(PythonOp):
    """An operator whose ``forward`` and ``backward`` are given lists of NDArrays.

    >>> import luojia as mx
    >>> class Double(NDArrayOp):
    ...     def forward(self, in_data, out_data):
    ...         out_data[0][:] = in_data[0] * 2
    >>> Double()(mx.sym.var("x"), name="double").eval(x=mx.nd.array([3.0]))[0].asnumpy()
    array([6.], dtype=float32)
    """

    _numpy = False

    def get_symbol(self, *args: Any, **kwargs: Any) -> Any:
        name = f"_{type(self).__name__}{next(_numbers)}"
        op = self

        @operator.register(name)
        class Prop(_Prop):
            python_op = op

        return operator.custom_symbol(*args, op_type=name, **kwargs)

    def declare_backward_dependency(self, out_grad: list, in_data: list, out_data: list) -> list:
        """What ``backward`` reads."""
        return [*(out_grad if self.need_top_grad() else ()), *in_data, *out_data]


class NumpyOp(NDArrayOp):
    """An operator whose ``forward`` and ``backward`` are given lists of NumPy arrays, to be written in place."""

    _numpy = True


class _Prop(operator.CustomOpProp):
    """What a PythonOp is, for ``nd.Custom``."""

    python_op: NDArrayOp

    def __init__(self) -> None:
        super().__init__(self.python_op.need_top_grad())

    def list_arguments(self) -> list[str]:
        return self.python_op.list_arguments()

    def list_outputs(self) -> list[str]:
        return self.python_op.list_outputs()

    def infer_shape(self, in_shape: list) -> tuple:
        ins, outs = self.python_op.infer_shape(in_shape)
        return ins, outs, []

    def create_operator(self, ctx: Any, in_shapes: list, in_dtypes: list) -> operator.CustomOp:
        return _Run(self.python_op)


class _Run(operator.CustomOp):
    def __init__(self, python_op: NDArrayOp) -> None:
        self.python_op = python_op

    def forward(self, is_train: bool, req: list[str], in_data: list, out_data: list, aux: list) -> None:
        ins, outs = self._given(in_data), self._given(out_data)
        self.python_op.forward(in_data=ins, out_data=outs)
        self._kept(out_data, outs, req)

    def backward(self, req: list[str], out_grad: list, in_data: list, out_data: list, in_grad: list,
                 aux: list) -> None:
        found = self._given(in_grad)
        self.python_op.backward(out_grad=self._given(out_grad), in_data=self._given(in_data),
                                out_data=self._given(out_data), in_grad=found)
        self._kept(in_grad, found, req)

    def _given(self, arrays: list[NDArray]) -> list:
        return [np.array(a.asnumpy()) for a in arrays] if self.python_op._numpy else arrays

    def _kept(self, holders: list[NDArray], values: list, req: list[str]) -> None:
        if self.python_op._numpy:
            for holder, value, r in zip(holders, values, req):
                self.assign(holder, r, value)


__all__ = ["NDArrayOp", "NumpyOp", "PythonOp"]
