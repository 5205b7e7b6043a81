"""Primitives of ``ops.auto_generate`` that are functions of ``mint`` and ``ops``: ``Mm()(x, y)`` is ``mint.mm(x, y)``.

They take all at the call; MindSpore's programs make them to write operators of their own. Those that write into their
first argument (``Inplace...``) are methods of Tensor, as ``add_``.

>>> from luojia import Tensor
>>> from luojia.ops.auto_generate import LeakyReLUExt
>>> LeakyReLUExt()(Tensor([1.0, -2.0]), 0.5)
Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00, -1.00000000e+00])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import mint, ops
from .._src.errors import AbsentName
from .._src.ops import Tensor
from .primitive import Primitive

_F: Any = mint.nn.functional
# the functions with the same arguments in the same order, by name of the primitive
_SAME = {
    ops: """ExpandAs Exp2 FFT FFT2 FFTN FFTShift Frac HFFT HFFT2 HFFTN IFFT IFFT2 IFFTN IFFTShift IHFFT IHFFT2 IHFFTN
        IRFFT IRFFT2 IRFFTN RFFT RFFT2 RFFTN LogAddExp=logaddexp LogAddExp2=logaddexp2 Mm Mv Outer Dot Take
        Swiglu Log2 Log10 IsNegInf=isneginf ViewAs PixelShuffle TriangularSolve FFTFreq=fftfreq RFFTFreq=rfftfreq
        MaskedFillScalar=masked_fill GatherNdExt=gather_nd XLogYScalarOther=xlogy XLogYScalarSelf=xlogy
        CosineEmbeddingLoss RotaryPositionEmbedding""",
    mint: """BitwiseNot Chunk Narrow LogSumExp=logsumexp Max Min MatMulExt=matmul BatchMatMulExt=bmm TExt=t
        NonZeroExt=nonzero ArgSort=argsort ClampScalar=clamp ClampTensor=clamp Muls=mul Divs=div DivMod=div DivMods=div
        BitwiseAndScalar=bitwise_and BitwiseAndTensor=bitwise_and BitwiseOrScalar=bitwise_or BitwiseOrTensor=bitwise_or
        BitwiseXorScalar=bitwise_xor BitwiseXorTensor=bitwise_xor RemainderTensorTensor=remainder FmodScalar=fmod
        RemainderTensorScalar=remainder RemainderScalarTensor=remainder FmodTensor=fmod PowTensorScalar=pow
        PowScalarTensor=pow FloorDivScalar=floor_divide GreaterEqualScalar=greater_equal SelectV2=where
        SplitTensor=split SplitWithSize=split SplitTensorView=split SplitWithSizeView=split UnstackExtView=unbind""",
    _F: """MSELossExt=mse_loss KLDiv=kl_div Embedding Conv1DExt=conv1d Conv2DExt=conv2d Conv3DExt=conv3d
        Conv1DPadding=conv1d Conv2DPadding=conv2d Conv3DPadding=conv3d ConvTranspose2D=conv_transpose2d Threshold
        Hardtanh SeLUExt=selu LeakyReLUExt=leaky_relu AdaptiveAvgPool1D=adaptive_avg_pool1d
        AdaptiveAvgPool2DExt=adaptive_avg_pool2d AdaptiveAvgPool3DExt=adaptive_avg_pool3d AvgPool3DExt=avg_pool3d""",
}


def _pull(forward: Callable[..., Any], g: Any, x: Any) -> Any:
    """The gradient of ``x`` where ``forward(x)`` has the gradient ``g``."""
    return ops.vjp(forward, x)[1](g)[0]


def _group_norm(x: Any, groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> tuple[Any, Any, Any]:
    """The normalized array, and the mean and 1 / sqrt(variance + eps) of each group, of shape (N, groups)."""
    rows = x.reshape((x.shape[0], groups, -1))
    variance = mint.var(rows, -1, correction=0)
    return _F.group_norm(x, groups, weight, bias, eps), mint.mean(rows, -1), mint.rsqrt(variance + eps)


_FORMULAS: dict[str, Callable[..., Any]] = {
    "BoolNot": lambda x: Tensor(not x), "GroupNorm": _group_norm,
    "AddScalar": lambda x, y, alpha=1: mint.add(x, y, alpha=alpha),
    "SubScalar": lambda x, y, alpha=1: mint.sub(x, y, alpha=alpha),
    "Addmm": lambda x, a, b, beta=1, alpha=1: mint.addmm(x, a, b, beta=beta, alpha=alpha),
    "Addmv": lambda x, a, b, beta=1, alpha=1: mint.addmv(x, a, b, beta=beta, alpha=alpha),
    "Addbmm": lambda x, a, b, beta=1, alpha=1: mint.addbmm(x, a, b, beta=beta, alpha=alpha),
    "Arange": lambda start, end, step=1, dtype=None: mint.arange(start, end, step, dtype=dtype),
    "FillScalar": lambda size, value, dtype=None: mint.full(size, value, dtype=dtype),
    "FillTensor": lambda size, value, dtype=None: mint.full(
        size, value.asnumpy().item(), dtype=dtype or value.dtype),
    "NewFull": lambda x, size, value, dtype=None: mint.full(size, value, dtype=dtype or x.dtype),
    "FullLike": lambda x, value, dtype=None: mint.full_like(x, value, dtype=dtype),
    "Nansum": lambda x, dim=None, keepdim=False, dtype=None: mint.nansum(x, dim, keepdim, dtype=dtype),
    "Norm": lambda x, p=2, dim=None, keepdim=False, dtype=None: mint.norm(x, p, dim, keepdim, dtype=dtype),
    "LinalgVectorNorm": lambda x, p=2, dim=None, keepdim=False, dtype=None: mint.linalg.vector_norm(
        x, p, dim, keepdim, dtype=dtype),
    "Std": lambda x, dim=None, correction=1, keepdim=False: mint.std(x, dim, correction=correction, keepdim=keepdim),
    "Var": lambda x, dim=None, correction=1, keepdim=False: mint.var(x, dim, correction=correction, keepdim=keepdim),
    "StdMean": lambda x, dim=None, correction=1, keepdim=False: mint.std_mean(
        x, dim, correction=correction, keepdim=keepdim),
    "VarMean": lambda x, dim=None, correction=1, keepdim=False: mint.var_mean(
        x, dim, correction=correction, keepdim=keepdim),
    "Repeat": lambda x, repeats: x.repeat(repeats),
    "RepeatInterleaveInt": lambda x, repeats, dim=None, size=None: mint.repeat_interleave(
        x, repeats, dim, output_size=size),
    "RepeatInterleaveTensor": lambda x, repeats, dim=None, size=None: mint.repeat_interleave(
        x, repeats, dim, output_size=size),
    "SliceExt": lambda x, dim, start, end, step=1: x[(slice(None),) * (dim % x.ndim) + (slice(start, end, step),)],
    "View": lambda x, shape: x.reshape(shape),
    "ToDtype": lambda x, dtype=None, non_blocking=False, copy=False: x.astype(dtype or x.dtype),
    "Contiguous": lambda x: x * 1, "Copy": lambda x: x * 1, "Detach": ops.stop_gradient,
    "TraceV2": lambda x, offset=0, axis1=0, axis2=1, dtype=None: ops.diagonal(x, offset, axis1, axis2).sum(-1, dtype),
    "ConstantPadND": lambda x, padding, value=0.0: _F.pad(x, padding, "constant", value),
    **{f"{kind}Pad{n}D": lambda x, padding, mode=mode: _F.pad(x, padding, mode)
       for kind, mode in (("Reflection", "reflect"), ("Replication", "replicate")) for n in (1, 2, 3)},
    **{f"{kind}Pad{n}DGrad": lambda g, x, padding, mode=mode: _pull(lambda a: _F.pad(a, padding, mode), g, x)
       for kind, mode in (("Reflection", "reflect"), ("Replication", "replicate")) for n in (1, 2, 3)},
    "KLDivGrad": lambda g, x, target, reduction="mean", log_target=False: _pull(
        lambda a: _F.kl_div(a, target, reduction, log_target), g, x),
    "MSELossGradExt": lambda g, x, target, reduction="mean": _pull(lambda a: _F.mse_loss(a, target, reduction), g, x),
    "L1LossBackwardExt": lambda g, x, target, reduction="mean": _pull(
        lambda a: _F.l1_loss(a, target, reduction), g, x),
    "HardtanhGrad": lambda g, x, low=-1, high=1: _pull(lambda a: _F.hardtanh(a, low, high), g, x),
    "ThresholdGrad": lambda g, x, threshold: mint.where(x > threshold, g, g * 0),
    "LeakyReLUGradExt": lambda g, x, slope=0.01, is_result=False: mint.where(x > 0, g, g * slope),
    "EluGradExt": lambda g, x, alpha=1.0, is_result=False: mint.where(
        x > 0, g, g * (x + alpha if is_result else mint.exp(x) * alpha)),
    "SeluGrad": lambda g, y: mint.where(y > 0, g * 1.0507009873554805, g * (y + 1.7580993408473766)),
    "SoftplusGradExt": lambda g, x, beta=1, threshold=20: _pull(lambda a: _F.softplus(a, beta, threshold), g, x),
    "GeluGradExt": lambda g, x, approximate="none": _pull(lambda a: _F.gelu(a, approximate=approximate), g, x),
    "MishGradExt": lambda g, x: _pull(_F.mish, g, x),
    "LogSigmoidGrad": lambda g, x, buffer=None: _pull(_F.logsigmoid, g, x),
    "SwigluGrad": lambda g, x, dim=-1: _pull(lambda a: ops.swiglu(a, dim), g, x),
    "SoftmaxBackward": lambda g, y, dim=-1: (g - (g * y).sum(dim, keepdims=True)) * y,
}


def _named(name: str) -> Callable[..., Any] | None:
    """The function that a primitive calls, if there is such a primitive."""
    found = _FORMULAS.get(name)
    for module, text in _SAME.items() if found is None else ():
        for pair in text.split():
            own, _, theirs = pair.partition("=")
            if own == name:
                words = theirs or "".join(["_" * (c.isupper() and i > 0 and not own[i - 1].isupper()) + c.lower()
                                           for i, c in enumerate(own)])
                return getattr(module, words)
    return found


def __getattr__(name: str) -> Any:
    """The class of a primitive."""
    function = None if name.startswith("_") else _named(name)
    if function is None:
        raise AbsentName(__name__, name)

    def __init__(self: Any) -> None:
        Primitive.__init__(self, name)

    def __call__(self: Any, *args: Any) -> Any:
        return function(*args)

    found = globals()[name] = type(name, (Primitive,), {
        "__init__": __init__, "__call__": __call__, "__module__": __name__,
        "__doc__": f"{name} of MindSpore, whose object is called with all its arguments."})
    return found


def __dir__() -> list[str]:
    return sorted({*_FORMULAS, *[pair.partition("=")[0] for text in _SAME.values() for pair in text.split()]})
