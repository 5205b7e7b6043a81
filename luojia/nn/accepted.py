"""The inputs that layers and losses accept, beyond which they raise a TypeError; see _src/core/accepted.py.

Layers that hand their inputs to a function of ``ops`` leave it to that function's row. bfloat16 is accepted where
MindSpore's processors have it and its CPU has not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from .._src.core.accepted import Row, guarded, read
from .._src.core.tensor import Tensor
from .._src.errors import DTypeError

ROWS = read("""
    AdaptiveAvgPool1d, AdaptiveMaxPool1d     x!: f16 f32 bf16
    AdaptiveAvgPool2d                        x!: float
    AdaptiveAvgPool3d, AdaptiveMaxPool3d     x!: integer float
    AvgPool1d, AvgPool2d, AvgPool3d          x!: float
    MaxPool1d, MaxPool2d, MaxPool3d          x!: real
    BatchNorm1d, BatchNorm2d, BatchNorm3d    x!: f16 f32 bf16
    InstanceNorm1d, InstanceNorm2d, InstanceNorm3d     x!: f16 f32 bf16
    GroupNorm                                x!: float
    LRN                                      x!: f16 f32 bf16
    Conv1d, Conv2d, Conv3d, Conv1dTranspose, Conv2dTranspose, Conv3dTranspose     x!: any
    BiDense                                  input1! input2!: any =
    RNN, GRU, LSTM                           x!: f16 f32 bf16
    RNNCell, GRUCell, LSTMCell               x!: float
    Softmax, LogSoftmax, Softmin             x!: float
    Softmax2d                                x!: float
    CentralCrop                              image!: any
    ImageGradients                           images!: any
    SSIM, MSSSIM, PSNR                       img1! img2!: any =
    PixelShuffle, TimeDistributed, Unflatten, ClipByNorm, Pad     _!: any
    ConstantPad1d, ConstantPad2d, ConstantPad3d, ZeroPad2d        x!: any
    ReflectionPad1d, ReflectionPad2d, ReflectionPad3d             x!: any
    ReplicationPad1d, ReplicationPad2d, ReplicationPad3d          x!: any
    DiGamma, LGamma, MatDet, MatInverse      _!: f16 f32
    EmbeddingLookup                          indices!: index
    BCELoss                                  logits! labels!: f16 f32 bf16 =
    BCEWithLogitsLoss                        logits! labels!: f16 f32 bf16
    CosineEmbeddingLoss                      logits_x1! logits_x2!: any =; labels!: any
    HingeEmbeddingLoss                       logits!: float
    KLDivLoss                                logits! labels!: float =
    MarginRankingLoss                        input1! input2! target!: any =
    TripletMarginLoss                        x! positive! negative!: any =
""")


def guard_all(space: dict[str, Any], rows: dict[str, Row]) -> None:
    """Let the classes of a module's names that have rows compare their inputs with them."""
    for name, row in rows.items():
        cls = space[name]
        inherited: Callable = cls._luojia_forward
        function = getattr(inherited, "unguarded", inherited)
        if "_" in row.params:  # the first, however it is called
            first = function.__code__.co_varnames[1]
            row = Row({first: row.params["_"]}, (), ())
        guard = _of_one if len(row.params) == 1 else guarded
        checked: Any = guard(function, row, name)
        checked.unguarded = function
        for main in ("construct", "call", "forward", "_luojia_forward"):
            if getattr(cls, main, None) is inherited:
                setattr(cls, main, checked)


def _of_one(function: Callable, row: Row, who: str) -> Callable:
    """``guarded`` for a forward method of one input, in a quarter of its time."""
    (name, accepted), = row.params.items()
    dtypes = accepted.dtypes
    check = guarded(lambda x: None, Row({"x": accepted}, (), ()), who)

    @wraps(function)
    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        x: Any = args[0] if args else kwargs.get(name)
        if x.__class__ is not Tensor or x._value.dtype not in dtypes:
            if x is None and (args or name in kwargs):
                raise DTypeError(f"For '{who}', '{name}' must be a Tensor, but got None.")
            check(x)
        return function(self, *args, **kwargs)

    return forward
