"""Activation functions as layers."""

from __future__ import annotations

from typing import Any

from ... import initializer
from ... import ndarray as nd
from ..._src.core.groups import rectified
from ..._src.core.op import OPERATORS
from ..block import HybridBlock

_PLAIN = {name: getattr(nd, name) for name in ("Activation", "BatchNorm", "Convolution", "FullyConnected")}
"""The functions, unless somebody puts others in their place, as ``amp.init`` does."""


class Activation(HybridBlock):
    """An activation function by name.

    Args:
        activation: 'relu', 'sigmoid', 'tanh', 'softrelu' or 'softsign'.

    >>> from luojia import nd
    >>> Activation("relu")(nd.array([-1.0, 2.0])).asnumpy()
    array([0., 2.], dtype=float32)
    """

    def __init__(self, activation: str, **kwargs: Any) -> None:
        self._act_type = activation
        super().__init__(**kwargs)

    def _alias(self) -> str:
        return self._act_type

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.Activation(x, act_type=self._act_type, name="fwd")

    def _after(self, F: Any, name: str, op: str, inputs: tuple, attrs: dict[str, Any]) -> Any:
        """What F's function ``name``, which runs ``op``, and this give by one operator; None where they are two."""
        if F is not nd or not self._is_plain_relu(name):
            return None
        return rectified(OPERATORS[op], inputs, attrs)

    def _is_plain_relu(self, name: str) -> bool:
        """Whether a call is now that of the operator, and one of the function ``name`` before it, too."""
        return (self._act_type == "relu" and self.__class__ is Activation and not self._active
                and not self._forward_hooks and not self._forward_pre_hooks
                and getattr(nd, name) is _PLAIN[name] and nd.Activation is _PLAIN["Activation"])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._act_type})"


class LeakyReLU(HybridBlock):
    """``x`` where positive, else ``alpha x``.

    >>> from luojia import gluon, nd
    >>> gluon.nn.LeakyReLU(0.1)(nd.array([-1.0, 2.0])).asnumpy()
    array([-0.1,  2. ], dtype=float32)
    """

    def __init__(self, alpha: float, **kwargs: Any) -> None:
        assert alpha >= 0, "Slope coefficient for LeakyReLU must be no less than 0."
        super().__init__(**kwargs)
        self._alpha = alpha

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.LeakyReLU(x, act_type="leaky", slope=self._alpha, name="fwd")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._alpha})"


class PReLU(HybridBlock):
    """``x`` where positive, else ``alpha x`` with a learned ``alpha`` per channel (He et al. 2015).

    Args:
        alpha_initializer: initializer.
        in_channels: number of slopes; 1 shares one.

    >>> from luojia import gluon, nd
    >>> layer = gluon.nn.PReLU()
    >>> layer.initialize()
    >>> layer(nd.array([[-1.0, 2.0]])).asnumpy()
    array([[-0.25,  2.  ]], dtype=float32)
    """

    def __init__(self, alpha_initializer: Any = None, in_channels: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.alpha = self.params.get("alpha", shape=(in_channels,),
                                         init=initializer.Constant(0.25) if alpha_initializer is None
                                         else alpha_initializer)

    def hybrid_forward(self, F: Any, x: Any, alpha: Any) -> Any:
        return F.LeakyReLU(x, gamma=alpha, act_type="prelu", name="fwd")


class ELU(HybridBlock):
    """``x`` where positive, else ``alpha (exp(x) - 1)`` (Clevert et al. 2016).

    >>> from luojia import gluon, nd
    >>> gluon.nn.ELU()(nd.array([-1.0, 2.0])).asnumpy().round(3)
    array([-0.632,  2.   ], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._alpha = alpha

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.LeakyReLU(x, act_type="elu", slope=self._alpha)


class SELU(HybridBlock):
    """The scaled ELU of self-normalizing networks (Klambauer et al. 2017).

    >>> from luojia import gluon, nd
    >>> gluon.nn.SELU()(nd.array([-1.0, 2.0])).asnumpy().round(3)
    array([-1.111,  2.101], dtype=float32)
    """

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.LeakyReLU(x, act_type="selu", name="fwd")


class GELU(HybridBlock):
    """``x`` times the normal distribution function of ``x`` (Hendrycks and Gimpel 2016).

    >>> from luojia import gluon, nd
    >>> gluon.nn.GELU()(nd.array([-1.0, 2.0])).asnumpy().round(3)
    array([-0.159,  1.954], dtype=float32)
    """

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.LeakyReLU(x, act_type="gelu", name="fwd")


class Swish(HybridBlock):
    """``x sigmoid(beta x)`` (Ramachandran et al. 2017).

    >>> from luojia import gluon, nd
    >>> gluon.nn.Swish()(nd.array([-1.0, 2.0])).asnumpy().round(3)
    array([-0.269,  1.762], dtype=float32)
    """

    def __init__(self, beta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._beta = beta

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x * F.sigmoid(self._beta * x, name="fwd")
