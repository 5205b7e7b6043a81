"""Normalization layers."""

from __future__ import annotations

from typing import Any

from ..._src.core.dtypes import is_half, to_np
from ..._src.core.tensor import Tensor
from ..._src.ops.state import rectified_norm
from ..block import HybridBlock
from ..parameter import DeferredInitializationError
from .activations import Activation


def _affine(block: HybridBlock, center: bool, scale: bool, beta_initializer: Any, gamma_initializer: Any,
            channels: int) -> None:
    """The parameters gamma and beta; they stay at 1 and 0 where ``scale`` and ``center`` say so."""
    block.gamma = block.params.get("gamma", grad_req="write" if scale else "null", shape=(channels,),
                                   init=gamma_initializer, allow_deferred_init=True)
    block.beta = block.params.get("beta", grad_req="write" if center else "null", shape=(channels,),
                                  init=beta_initializer, allow_deferred_init=True)


class _Norm(HybridBlock):
    gamma: Any
    beta: Any

    def _describe(self, **values: Any) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in values.items())})"


class BatchNorm(_Norm):
    """``gamma (x - mean) / sqrt(variance + epsilon) + beta`` with the batch's statistics per channel while training,
    the moving ones else (Ioffe and Szegedy 2015).

    The moving statistics, of the biased variance, change when a backward runs through the layer, as in mxnet.

    Args:
        axis: the axis of the channels.
        momentum: ``moving = momentum moving + (1 - momentum) batch's``.
        epsilon: added to the variance.
        center, scale: whether beta and gamma are trained.
        use_global_stats: always use the moving statistics.
        beta_initializer, gamma_initializer, running_mean_initializer, running_variance_initializer: initializers.
        in_channels: the number of channels, found at the first call if not given.

    >>> from luojia import autograd, gluon, nd
    >>> layer = gluon.nn.BatchNorm()
    >>> layer.initialize()
    >>> x = nd.array([[1.0], [3.0]])
    >>> layer(x).asnumpy().round(3).tolist()
    [[1.0], [3.0]]
    >>> with autograd.record():
    ...     y = layer(x)
    >>> y.asnumpy().round(3).tolist(), layer.running_mean.data().asnumpy().round(3).tolist()
    ([[-1.0], [1.0]], [0.0])
    """

    _operator = "BatchNorm"

    def __init__(self, axis: int = 1, momentum: float = 0.9, epsilon: float = 1e-5, center: bool = True,
                 scale: bool = True, use_global_stats: bool = False, beta_initializer: Any = "zeros",
                 gamma_initializer: Any = "ones", running_mean_initializer: Any = "zeros",
                 running_variance_initializer: Any = "ones", in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._kwargs = {"axis": axis, "eps": epsilon, "momentum": momentum, "fix_gamma": not scale,
                        "use_global_stats": use_global_stats}
        self._axis = axis
        self._in_channels = in_channels
        _affine(self, center, scale, beta_initializer, gamma_initializer, in_channels)
        self.running_mean = self.params.get("running_mean", grad_req="null", shape=(in_channels,),
                                            init=running_mean_initializer, allow_deferred_init=True,
                                            differentiable=False)
        self.running_var = self.params.get("running_var", grad_req="null", shape=(in_channels,),
                                           init=running_variance_initializer, allow_deferred_init=True,
                                           differentiable=False)

    def cast(self, dtype: Any) -> None:
        """As ``Block.cast``, but float16 and bfloat16 keep float32 statistics."""
        super().cast("float32" if is_half(to_np(dtype)) else dtype)

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any) -> Any:
        return getattr(F, self._operator)(x, gamma, beta, running_mean, running_var, name="fwd", **self._kwargs)

    def _rectified(self, act: Any, x: Any) -> Any:
        """What this and the next layer ``act``, if that is a ReLU, give by one operator; None where they are two."""
        if (act.__class__ is not Activation or self.__class__ is not BatchNorm or self._active or self._forward_hooks
                or self._forward_pre_hooks or not isinstance(x, Tensor) or not act._is_plain_relu("BatchNorm")):
            return None
        try:
            inputs = [p.data(x._device) for p in (self.gamma, self.beta, self.running_mean, self.running_var)]
        except DeferredInitializationError:
            return None
        return rectified_norm(x, *inputs, commit="backward", unbiased=False, **self._kwargs)

    def __repr__(self) -> str:
        return self._describe(**self._kwargs, in_channels=self.gamma.shape[0] or None)


class BatchNormReLU(BatchNorm):
    """BatchNorm followed by ReLU.

    >>> from luojia import gluon, nd
    >>> layer = gluon.nn.BatchNormReLU()
    >>> layer.initialize()
    >>> layer(nd.array([[-1.0], [3.0]])).asnumpy().round(3)
    array([[0.],
           [3.]], dtype=float32)
    """

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any) -> Any:
        return F.relu(super().hybrid_forward(F, x, gamma, beta, running_mean, running_var))


class SyncBatchNorm(BatchNorm):
    """BatchNorm under the name of its synchronized form; each device normalizes by its own part of the batch."""

    def __init__(self, in_channels: int = 0, num_devices: int | None = None, momentum: float = 0.9,
                 epsilon: float = 1e-5, center: bool = True, scale: bool = True, use_global_stats: bool = False,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
                 running_mean_initializer: Any = "zeros", running_variance_initializer: Any = "ones",
                 **kwargs: Any) -> None:
        if num_devices not in (None, 1):
            raise NotImplementedError(
                f"SyncBatchNorm over {num_devices} devices is not supported; use BatchNorm, or one device."
            )
        super().__init__(1, momentum, epsilon, center, scale, use_global_stats, beta_initializer, gamma_initializer,
                         running_mean_initializer, running_variance_initializer, in_channels, **kwargs)

    def __repr__(self) -> str:
        how = {k: v for k, v in self._kwargs.items() if k != "axis"}
        return self._describe(**how, ndev=1, key=repr(self.prefix), in_channels=self.gamma.shape[0] or None)


class InstanceNorm(_Norm):
    """Normalization over the spatial axes of each sample and channel (Ulyanov et al. 2016).

    >>> from luojia import gluon, nd
    >>> layer = gluon.nn.InstanceNorm()
    >>> layer.initialize()
    >>> layer(nd.array([[[1.0, 3.0]]])).asnumpy().round(3)
    array([[[-1.,  1.]]], dtype=float32)
    """

    def __init__(self, axis: int = 1, epsilon: float = 1e-5, center: bool = True, scale: bool = False,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", in_channels: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._axis = axis
        self._epsilon = epsilon
        _affine(self, center, scale, beta_initializer, gamma_initializer, in_channels)

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any) -> Any:
        if self._axis == 1:
            return F.InstanceNorm(x, gamma, beta, name="fwd", eps=self._epsilon)
        x = F.swapaxes(x, dim1=1, dim2=self._axis)
        out = F.InstanceNorm(x, gamma, beta, name="fwd", eps=self._epsilon)
        return F.swapaxes(out, dim1=1, dim2=self._axis)

    def __repr__(self) -> str:
        return self._describe(**self._kwargs, in_channels=self.gamma.shape[0])


class LayerNorm(_Norm):
    """Normalization over one axis of each sample (Ba et al. 2016).

    >>> from luojia import gluon, nd
    >>> layer = gluon.nn.LayerNorm()
    >>> layer.initialize()
    >>> layer(nd.array([[1.0, 3.0]])).asnumpy().round(3)
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(self, axis: int = -1, epsilon: float = 1e-5, center: bool = True, scale: bool = True,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", in_channels: int = 0,
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._axis = axis
        self._epsilon = epsilon
        _affine(self, center, scale, beta_initializer, gamma_initializer, in_channels)

    def hybrid_forward(self, F: Any, data: Any, gamma: Any, beta: Any) -> Any:
        return F.LayerNorm(data, gamma=gamma, beta=beta, axis=self._axis, eps=self._epsilon)

    def __repr__(self) -> str:
        return self._describe(**self._kwargs, in_channels=self.gamma.shape[0])


class GroupNorm(_Norm):
    """Normalization over groups of channels of each sample (Wu and He 2018); gamma and beta are per group.

    >>> from luojia import gluon, nd
    >>> layer = gluon.nn.GroupNorm(num_groups=2)
    >>> layer.initialize()
    >>> layer(nd.ones((2, 4, 3))).shape
    (2, 4, 3)
    """

    def __init__(self, num_groups: int = 1, epsilon: float = 1e-5, center: bool = True, scale: bool = True,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", prefix: str | None = None,
                 params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._kwargs = {"eps": epsilon, "num_groups": num_groups, "center": center, "scale": scale}
        self._num_groups = num_groups
        self._epsilon = epsilon
        _affine(self, center, scale, beta_initializer, gamma_initializer, num_groups)

    def hybrid_forward(self, F: Any, data: Any, gamma: Any, beta: Any) -> Any:
        return F.GroupNorm(data, gamma=gamma, beta=beta, num_groups=self._num_groups, eps=self._epsilon)

    def __repr__(self) -> str:
        return self._describe(**self._kwargs)
