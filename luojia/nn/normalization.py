"""Normalization layers."""

from __future__ import annotations

from typing import Any

from .. import ops
from .._src.core.dtypes import DType, float32
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops.state import batch_norm_apply, rectified_norm
from .basic import weight_of
from .checks import check_bool, check_positive_int
from .module import Module


class _BatchNorm(Module):
    _ranks: tuple[int, ...] = (4,)

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.9, affine: bool = True,
                 gamma_init: Any = "ones", beta_init: Any = "zeros", moving_mean_init: Any = "zeros",
                 moving_var_init: Any = "ones", use_batch_statistics: bool | None = None, data_format: str = "NCHW",
                 dtype: DType = float32) -> None:
        super().__init__()
        who = type(self).__name__
        self.num_features = check_positive_int(who, "num_features", num_features)
        if not 0 <= momentum <= 1:
            raise ArgumentError(f"For '{who}', the 'momentum' must be a number in range [0, 1], but got {momentum}.")
        if data_format not in ("NCHW", "NCDHW"):
            raise ArgumentError(f"For '{who}', the 'data_format' must be 'NCHW', but got {data_format}; transpose the "
                                "data.")
        if use_batch_statistics not in (None, True, False) or isinstance(use_batch_statistics, int) is not isinstance(
                use_batch_statistics, bool):
            raise ArgumentError(f"For '{who}', the 'use_batch_statistics' must be a boolean value or None, but got "
                                f"{use_batch_statistics}.")
        self.eps, self.momentum, self.use_batch_statistics = eps, momentum, use_batch_statistics
        shape = (num_features,)
        self.moving_mean = weight_of(who, moving_mean_init, shape, None, dtype, "mean")
        self.moving_variance = weight_of(who, moving_var_init, shape, None, dtype, "variance")
        self.moving_mean.requires_grad = self.moving_variance.requires_grad = False
        self.gamma = weight_of(who, gamma_init, shape, None, dtype, "gamma")
        self.beta = weight_of(who, beta_init, shape, None, dtype, "beta")
        self.gamma.requires_grad = self.beta.requires_grad = check_bool(who, "affine", affine)

    def construct(self, x: Any) -> Any:
        if isinstance(x, Tensor) and (x.ndim not in self._ranks or x.shape[1] != self.num_features):
            raise ShapeError(f"{type(self).__name__} expects inputs of {' or '.join(map(str, self._ranks))} axes with "
                             f"{self.num_features} channels (num_features) on axis 1, got shape {x.shape}.")
        inputs, how = self._inputs(x), self._how()
        if not isinstance(x, Tensor):
            return OPERATORS["batch_norm"](*inputs, **how)[0]
        return batch_norm_apply(*inputs, **how)

    def _inputs(self, x: Any) -> tuple:
        return x, self.gamma, self.beta, self.moving_mean, self.moving_variance

    def _how(self) -> dict[str, Any]:
        training = self.training if self.use_batch_statistics is None else self.use_batch_statistics
        return {"training": training, "unbiased": True, "eps": self.eps, "momentum": self.momentum}

    def _luojia_rectified(self, x: Any) -> Any:
        if (self.__class__ not in (BatchNorm1d, BatchNorm2d) or not isinstance(x, Tensor)
                or x.ndim not in self._ranks or not self._luojia_is_plain()):
            return None
        return rectified_norm(*self._inputs(x), **self._how())

    def extend_repr(self) -> str:
        return (f"num_features={self.num_features}, eps={self.eps}, momentum={self.momentum}, gamma={self.gamma}, "
                f"beta={self.beta}, moving_mean={self.moving_mean}, moving_variance={self.moving_variance}")


class BatchNorm2d(_BatchNorm):
    """(x - mean) / sqrt(var + eps) * gamma + beta, mean and var over all axes but the channels' (axis 1).

    In training mean and var are the batch's, and the moving ones follow at once:
    moving = momentum * moving + (1 - momentum) * batch, with the unbiased variance. Else the moving ones are used.

    Args:
        num_features: the number of channels.
        eps, momentum: see the formulas.
        affine: whether gamma and beta are trained.
        use_batch_statistics: True: always the batch's; False: always the moving ones; None: as ``training`` says.

    >>> from luojia import nn
    >>> [p.name for p in nn.BatchNorm2d(2).get_parameters()]
    ['mean', 'variance', 'gamma', 'beta']

    Matches ``mindspore.nn.BatchNorm2d``.
    """


class BatchNorm1d(_BatchNorm):
    """``BatchNorm2d`` for inputs (N, C) or (N, C, L).

    >>> from luojia import nn, Tensor
    >>> nn.BatchNorm1d(3)(Tensor(np.ones((2, 3), np.float32))).asnumpy().round(3)
    array([[1., 1., 1.],
           [1., 1., 1.]], dtype=float32)
    """

    _ranks = (2, 3)


class BatchNorm3d(Module):
    """``BatchNorm2d``, which it holds as ``bn2d``, for inputs (N, C, D, H, W).

    >>> from luojia import nn
    >>> list(nn.BatchNorm3d(2).parameters_dict())
    ['bn2d.moving_mean', 'bn2d.moving_variance', 'bn2d.gamma', 'bn2d.beta']

    Matches ``mindspore.nn.BatchNorm3d``.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.9, affine: bool = True,
                 gamma_init: Any = "ones", beta_init: Any = "zeros", moving_mean_init: Any = "zeros",
                 moving_var_init: Any = "ones", use_batch_statistics: bool | None = None,
                 dtype: DType = float32) -> None:
        super().__init__()
        self.bn2d = BatchNorm2d(num_features, eps, momentum, affine, gamma_init, beta_init, moving_mean_init,
                                moving_var_init, use_batch_statistics, dtype=dtype)

    def construct(self, x: Any) -> Any:
        if isinstance(x, Tensor) and (x.ndim != 5 or x.shape[1] != self.bn2d.num_features):
            raise ShapeError(f"BatchNorm3d expects inputs of 5 axes with {self.bn2d.num_features} channels "
                             f"(num_features) on axis 1, got shape {x.shape}.")
        n, c, d, h, w = x.shape
        return ops.reshape(self.bn2d(ops.reshape(x, (n, c, d * h, w))), (n, c, d, h, w))


class SyncBatchNorm(_BatchNorm):
    """``BatchNorm2d`` across devices; on one device the same."""

    _ranks = (2, 4)

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.9, affine: bool = True,
                 gamma_init: Any = "ones", beta_init: Any = "zeros", moving_mean_init: Any = "zeros",
                 moving_var_init: Any = "ones", use_batch_statistics: bool | None = None, process_groups: Any = None,
                 dtype: DType = float32) -> None:
        super().__init__(num_features, eps, momentum, affine, gamma_init, beta_init, moving_mean_init, moving_var_init,
                         use_batch_statistics, "NCHW", dtype)


class LayerNorm(Module):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta over the axes from ``begin_norm_axis`` on.

    Args:
        normalized_shape: the sizes of those axes, a tuple or list.
        begin_norm_axis, begin_params_axis: the first axis of the statistics and of gamma and beta.

    >>> from luojia import Tensor, nn
    >>> nn.LayerNorm((2,))(Tensor([[1.0, 3.0]])).shape
    (1, 2)

    Matches ``mindspore.nn.LayerNorm``.
    """

    def __init__(self, normalized_shape: Any, begin_norm_axis: int = -1, begin_params_axis: int = -1,
                 gamma_init: Any = "ones", beta_init: Any = "zeros", epsilon: float = 1e-7,
                 dtype: DType = float32) -> None:
        super().__init__()
        if not isinstance(normalized_shape, (tuple, list)):
            raise DTypeError("For 'LayerNorm', the type of 'normalized_shape' must be tuple[int] or list[int], but got "
                             f"{type(normalized_shape).__name__}.")
        if not normalized_shape:
            raise ArgumentError("For 'LayerNorm', the 'normalized_shape' must not be empty.")
        self.normalized_shape, self._shown_shape = tuple(normalized_shape), normalized_shape
        self.begin_norm_axis, self.begin_params_axis, self.epsilon = begin_norm_axis, begin_params_axis, epsilon
        self.gamma = weight_of("LayerNorm", gamma_init, self.normalized_shape, None, dtype, "gamma")
        self.beta = weight_of("LayerNorm", beta_init, self.normalized_shape, None, dtype, "beta")

    def construct(self, x: Any) -> Any:
        if isinstance(x, Tensor):
            first = self.begin_params_axis % x.ndim
            if x.shape[first:] != self.normalized_shape:
                raise ShapeError(f"LayerNorm expects inputs whose shape ends with {self.normalized_shape} "
                                 f"(normalized_shape), got {x.shape}.")
        norm = ops.LayerNorm(self.begin_norm_axis, self.begin_params_axis, self.epsilon)
        return norm(x, self.gamma, self.beta)[0]

    def extend_repr(self) -> str:
        return (f"normalized_shape={self._shown_shape}, begin_norm_axis={self.begin_norm_axis}, "
                f"begin_params_axis={self.begin_params_axis}, gamma{self.gamma}, beta={self.beta}")  # as MindSpore's


def check_groups(num_groups: int, num_channels: int) -> tuple[int, int]:
    """The numbers of groups and channels, checked."""
    num_groups = check_positive_int("GroupNorm", "num_groups", num_groups)
    num_channels = check_positive_int("GroupNorm", "num_channels", num_channels)
    if num_channels % num_groups:
        raise ArgumentError("For 'GroupNorm', the 'num_channels' must be divided by 'num_groups', but got "
                            f"'num_channels': {num_channels}, 'num_groups': {num_groups}.")
    return num_groups, num_channels


class GroupNorm(Module):
    """(x - mean) / sqrt(var + eps) * gamma + beta, mean and var over groups of channels of (N, C, H, W).

    >>> from luojia import dtype, nn, Tensor
    >>> y = nn.GroupNorm(2, 4)(Tensor(np.arange(4.0).reshape(1, 4, 1, 1), dtype.float32))
    >>> y.asnumpy().ravel().round(2)
    array([-1.,  1., -1.,  1.], dtype=float32)

    Matches ``mindspore.nn.GroupNorm`` (Wu and He 2018).
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True,
                 gamma_init: Any = "ones", beta_init: Any = "zeros", dtype: DType = float32) -> None:
        super().__init__()
        self.num_groups, self.num_channels = check_groups(num_groups, num_channels)
        self.eps, self.affine = eps, check_bool("GroupNorm", "affine", affine)
        self.gamma = weight_of("GroupNorm", gamma_init, (num_channels,), None, dtype, "gamma")
        self.beta = weight_of("GroupNorm", beta_init, (num_channels,), None, dtype, "beta")
        self.gamma.requires_grad = self.beta.requires_grad = bool(affine)

    def construct(self, x: Any) -> Any:
        if isinstance(x, Tensor) and (x.ndim < 2 or x.shape[1] != self.num_channels):
            raise ShapeError(f"GroupNorm expects inputs (N, {self.num_channels}, *size), got shape {x.shape}.")
        if isinstance(x, Tensor) and x.ndim == 2:
            return ops.reshape(self.construct(ops.reshape(x, (*x.shape, 1))), x.shape)
        return OPERATORS["group_norm"](x, self.gamma, self.beta, num_groups=self.num_groups, eps=self.eps)

    def extend_repr(self) -> str:
        return f"num_groups={self.num_groups}, num_channels={self.num_channels}"


class InstanceNorm2d(Module):
    """(x - mean) / sqrt(var + eps) * gamma + beta, mean and var of each channel of each sample.

    ``moving_mean`` and ``moving_variance`` are there for MindSpore's checkpoints; nothing is computed with them.

    >>> from luojia import nn, Tensor
    >>> nn.InstanceNorm2d(3)(Tensor(np.ones((2, 3, 4, 4), np.float32))).shape
    (2, 3, 4, 4)

    Matches ``mindspore.nn.InstanceNorm2d``.
    """

    _rank = 4

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True,
                 gamma_init: Any = "ones", beta_init: Any = "zeros", dtype: DType = float32) -> None:
        super().__init__()
        who = type(self).__name__
        self.num_features = check_positive_int(who, "num_features", num_features)
        self.eps, self.momentum = eps, momentum
        self.moving_mean = weight_of(who, "zeros", (num_features,), None, dtype, "mean")
        self.moving_variance = weight_of(who, "ones", (num_features,), None, dtype, "variance")
        self.moving_mean.requires_grad = self.moving_variance.requires_grad = False
        self.gamma = weight_of(who, gamma_init, (num_features,), None, dtype, "gamma")
        self.beta = weight_of(who, beta_init, (num_features,), None, dtype, "beta")
        self.gamma.requires_grad = self.beta.requires_grad = check_bool(who, "affine", affine)

    def construct(self, x: Any) -> Any:
        if isinstance(x, Tensor) and (x.ndim != self._rank or x.shape[1] != self.num_features):
            raise ShapeError(f"{type(self).__name__} expects inputs of {self._rank} axes with {self.num_features} "
                             f"channels (num_features) on axis 1, got shape {x.shape}.")
        return OPERATORS["instance_norm"](x, self.gamma, self.beta, eps=self.eps)

    extend_repr = _BatchNorm.extend_repr


class InstanceNorm1d(InstanceNorm2d):
    """``InstanceNorm2d`` for inputs (N, C, L).

    >>> from luojia import nn, Tensor
    >>> nn.InstanceNorm1d(3)(Tensor(np.ones((2, 3, 5), np.float32))).shape
    (2, 3, 5)
    """

    _rank = 3


class InstanceNorm3d(InstanceNorm2d):
    """``InstanceNorm2d`` for inputs (N, C, D, H, W).

    >>> from luojia import nn, Tensor
    >>> nn.InstanceNorm3d(3)(Tensor(np.ones((2, 3, 2, 4, 4), np.float32))).shape
    (2, 3, 2, 4, 4)
    """

    _rank = 5


class LRN(Module):
    """Local response normalization over ``2 depth_radius + 1`` neighbouring channels.

    >>> from luojia import nn, Tensor
    >>> nn.LRN()(Tensor(np.ones((1, 2, 1, 1), np.float32))).asnumpy().ravel().round(3)
    array([0.577, 0.577], dtype=float32)

    Matches ``mindspore.nn.LRN``.
    """

    def __init__(self, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5,
                 norm_region: str = "ACROSS_CHANNELS") -> None:
        super().__init__()
        self.depth_radius, self.bias, self.alpha, self.beta = depth_radius, bias, alpha, beta

    def construct(self, x: Any) -> Any:
        r, channels = self.depth_radius, x.shape[1]
        square = OPERATORS["pad"](x * x, pad_width=((0, 0), (r, r), *((0, 0),) * (x.ndim - 2)))
        total = square[:, 0:channels]
        for i in range(1, 2 * r + 1):
            total = total + square[:, i : i + channels]
        return x / (self.bias + self.alpha * total) ** self.beta


__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d",
           "InstanceNorm3d", "LRN", "LayerNorm", "SyncBatchNorm"]
