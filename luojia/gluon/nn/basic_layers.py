"""Containers, dense layers, embeddings, dropout, and functions as layers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..._src.core.tensor import Tensor
from ..._src.errors import ShapeError
from ..block import Block, HybridBlock
from ..utils import _indent
from .activations import Activation
from .norm_layers import BatchNorm

_HOW = {flatten: {"flatten": flatten} for flatten in (False, True)}


class _Stack(Block):
    """What both containers share: their children are layers in order."""

    def add(self, *blocks: Any) -> None:
        """Append layers."""
        for block in blocks:
            self.register_child(block)

    def _in_turn(self, x: Any, args: tuple) -> Any:
        """Each layer of what the one before gives: the first of several results is x, the others its ``args``."""
        blocks = list(self._children.values())
        rectified = False
        for block, after in zip(blocks, [*blocks[1:], None]):
            if rectified:  # this is the ReLU
                rectified = False
                continue
            if after.__class__ is Activation and not args and block.__class__ is BatchNorm:
                y = block._rectified(after, x)
                if y is not None:
                    x, rectified = y, True
                    continue
            x = block(x, *args)
            args = ()
            if isinstance(x, (tuple, list)):
                x, args = x[0], tuple(x[1:])
        return (x, *args) if args else x

    def __repr__(self) -> str:
        lines = [f"  ({key}): {_indent(repr(block), 2)}" for key, block in self._children.items()]
        return "{}(\n{}\n)".format(type(self).__name__, "\n".join(lines))

    def __getitem__(self, key: int | slice) -> Any:
        layers = list(self._children.values())[key]
        if not isinstance(layers, list):
            return layers
        net = type(self)(prefix=self._prefix)
        with net.name_scope():
            net.add(*layers)
        return net

    def __len__(self) -> int:
        return len(self._children)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._children.values())


class Sequential(_Stack):
    """Layers one after the other, Blocks of any kind.

    >>> from luojia import nd
    >>> net = Sequential()
    >>> net.add(Dense(4, activation="relu"), Dense(2))
    >>> net.initialize()
    >>> net(nd.ones((3, 5))).shape, net[0].weight.shape
    ((3, 2), (4, 5))
    """

    def forward(self, x: Any, *args: Any) -> Any:
        return self._in_turn(x, args)

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        if self._children and all(isinstance(c, HybridBlock) for c in self._children.values()):
            warnings.warn(
                f"All children of this Sequential layer '{self.prefix}' are HybridBlocks. Consider using "
                "HybridSequential for the best performance.",
                stacklevel=2,
            )
        super().hybridize(active, **kwargs)


class HybridSequential(_Stack, HybridBlock):
    """Layers one after the other, HybridBlocks all.

    >>> from luojia import gluon, nd
    >>> net = gluon.nn.HybridSequential()
    >>> net.add(gluon.nn.Dense(4, activation="relu"), gluon.nn.Dense(2))
    >>> net.initialize()
    >>> net.hybridize()
    >>> net(nd.ones((3, 5))).shape
    (3, 2)
    """

    def hybrid_forward(self, F: Any, x: Any, *args: Any) -> Any:
        return self._in_turn(x, args)


class Dense(HybridBlock):
    """``activation(x W^T + b)``.

    Args:
        units: size of the output.
        activation: the name of an activation function, or none.
        use_bias: whether there is a bias.
        flatten: take all axes but the first as one; else the last axis is transformed.
        dtype: of the parameters.
        weight_initializer, bias_initializer: initializers.
        in_units: size of the input, found at the first call if not given.

    Shapes: (N, ...) to (N, units); without ``flatten`` (..., in_units) to (..., units).

    >>> from luojia import init, nd
    >>> layer = Dense(1, in_units=2, weight_initializer=init.One())
    >>> layer.initialize()
    >>> layer(nd.array([[2.0, 3.0]])).asnumpy()
    array([[5.]], dtype=float32)
    """

    def __init__(self, units: int, activation: str | None = None, use_bias: bool = True, flatten: bool = True,
                 dtype: Any = "float32", weight_initializer: Any = None, bias_initializer: Any = "zeros",
                 in_units: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._flatten = flatten
        self._units = units
        self._in_units = in_units
        with self.name_scope():
            self.weight = self.params.get("weight", shape=(units, in_units), init=weight_initializer, dtype=dtype,
                                          allow_deferred_init=True)
            self.bias = self.params.get("bias", shape=(units,), init=bias_initializer, dtype=dtype,
                                        allow_deferred_init=True) if use_bias else None
            self.act = Activation(activation, prefix=activation + "_") if activation is not None else None

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        act = self.act
        if isinstance(act, Activation):
            out = act._after(F, "FullyConnected", "dense", (x, weight, bias), _HOW[self._flatten])
            if out is not None:
                return out
        try:
            out = F.FullyConnected(x, weight, bias, no_bias=bias is None, num_hidden=self._units,
                                   flatten=self._flatten, name="fwd")
        except ShapeError as e:
            if not isinstance(x, Tensor):
                raise
            raise ShapeError(f"{e} Dense '{self.name}' expects inputs of width {weight.shape[1]} (in_units"
                             f"{', the product of all axes but the first' * self._flatten}), got {x.shape}.") from None
        return out if self.act is None else self.act(out)

    def __repr__(self) -> str:
        units, in_units = self.weight.shape or (None, None)
        return f"{type(self).__name__}({in_units or None} -> {units}, {self.act if self.act else 'linear'})"


class Dropout(HybridBlock):
    """While training sets entries to zero with probability ``rate`` and divides the others by ``1 - rate``.

    Args:
        rate: the probability.
        axes: axes along which entries share their fate.

    >>> from luojia import autograd, gluon, nd
    >>> layer = gluon.nn.Dropout(0.5)
    >>> layer(nd.ones(3)).asnumpy()
    array([1., 1., 1.], dtype=float32)
    >>> with autograd.train_mode():
    ...     y = layer(nd.ones(100))
    >>> sorted(set(y.asnumpy().tolist()))
    [0.0, 2.0]
    """

    def __init__(self, rate: float, axes: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rate = rate
        self._axes = axes

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        if self._rate > 0:
            return F.Dropout(x, p=self._rate, axes=self._axes, name="fwd", cudnn_off=False)
        return F.identity(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p = {self._rate}, axes={self._axes})"


class Embedding(HybridBlock):
    """The rows of a matrix that integers choose; indices out of range are clipped.

    Args:
        input_dim: number of rows.
        output_dim: length of a row.
        dtype: of the rows.
        weight_initializer: initializer.
        sparse_grad: make the gradient a RowSparseNDArray, by which lazy updates change its rows only.

    Shapes: (...) to (..., output_dim).

    >>> from luojia import gluon, nd
    >>> layer = gluon.nn.Embedding(10, 4)
    >>> layer.initialize()
    >>> layer(nd.array([[1, 2, 3]])).shape
    (1, 3, 4)
    """

    def __init__(self, input_dim: int, output_dim: int, dtype: Any = "float32", weight_initializer: Any = None,
                 sparse_grad: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._input_dim = input_dim
        self._output_dim = output_dim
        self._kwargs = {"input_dim": input_dim, "output_dim": output_dim, "dtype": dtype, "sparse_grad": sparse_grad}
        self.weight = self.params.get("weight", shape=(input_dim, output_dim), init=weight_initializer, dtype=dtype,
                                      allow_deferred_init=True,
                                      grad_stype="row_sparse" if sparse_grad else "default")

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        return F.Embedding(x, weight, name="fwd", **self._kwargs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._input_dim} -> {self._output_dim}, {self._kwargs['dtype']})"


class Flatten(HybridBlock):
    """(N, ...) to (N, product of the rest).

    >>> from luojia import gluon, nd
    >>> gluon.nn.Flatten()(nd.ones((2, 3, 4))).shape
    (2, 12)
    """

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.Flatten(x)

    def __repr__(self) -> str:
        return type(self).__name__


def _named(function: str | Callable, symbolic: bool) -> tuple[str, Callable | None]:
    """The name of a function, and the function itself unless it was given by its name in ``nd`` (and ``sym``)."""
    from ... import ndarray, symbol

    if isinstance(function, str):
        for module in (ndarray, symbol) if symbolic else (ndarray,):
            where = module.__name__.rpartition(".")[2]
            assert hasattr(module, function), f"Function name {function} is not found in {where}."
        return function, None
    if not callable(function):
        raise ValueError(f"Unrecognized function in lambda: {function} of type {type(function)}")
    return getattr(function, "__name__", type(function).__name__), function


class Lambda(Block):
    """A function of NDArrays as a Block.

    Args:
        function: the name of a function in ``nd``, or a function.

    >>> from luojia import gluon, nd
    >>> gluon.nn.Lambda("tanh")(nd.zeros(2)).asnumpy()
    array([0., 0.], dtype=float32)
    """

    def __init__(self, function: str | Callable, prefix: str | None = None) -> None:
        super().__init__(prefix=prefix)
        self._func_name, self._function = _named(function, symbolic=False)

    def forward(self, *args: Any) -> Any:
        if self._function is None:
            from ... import ndarray

            return getattr(ndarray, self._func_name)(*args)
        return self._function(*args)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._func_name})"


class HybridLambda(HybridBlock):
    """A function as a HybridBlock.

    Args:
        function: the name of a function in ``nd`` and ``sym``, or a function ``f(F, x, ...)``.

    >>> from luojia import gluon, nd
    >>> gluon.nn.HybridLambda(lambda F, x: F.square(x))(nd.array([2.0, 3.0])).asnumpy()
    array([4., 9.], dtype=float32)
    """

    def __init__(self, function: str | Callable, prefix: str | None = None) -> None:
        super().__init__(prefix=prefix)
        self._func_name, self._function = _named(function, symbolic=True)

    def hybrid_forward(self, F: Any, x: Any, *args: Any) -> Any:
        if self._function is None:
            return getattr(F, self._func_name)(x, *args)
        return self._function(F, x, *args)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._func_name})"
