"""What MXNet calls things in a graph: operators of Python's signs, aliases, inputs that depend on attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Sign(NamedTuple):
    """A binary operation: the face that computes it, and its names in a graph.

    ``op``: between symbols; ``scalar`` and ``rscalar``: with a number on the right and on the left. Each is a pair of
    the operator's name in files and the stem of automatic names.
    """

    face: str
    op: tuple[str, str]
    scalar: tuple[str, str]
    rscalar: tuple[str, str]


def _sign(face: str, op: str, hint: str, scalar: str, scalar_hint: str, rscalar: str = "", rhint: str = "") -> Sign:
    return Sign(face, (op, hint), (scalar, scalar_hint), (rscalar or scalar, rhint or scalar_hint))


SIGNS = {
    "add": _sign("broadcast_add", "elemwise_add", "_plus", "_plus_scalar", "_plusscalar"),
    "sub": _sign("broadcast_sub", "elemwise_sub", "_minus", "_minus_scalar", "_minusscalar",
                 "_rminus_scalar", "_rminusscalar"),
    "mul": _sign("broadcast_mul", "elemwise_mul", "_mul", "_mul_scalar", "_mulscalar"),
    "truediv": _sign("broadcast_div", "elemwise_div", "_div", "_div_scalar", "_divscalar",
                     "_rdiv_scalar", "_rdivscalar"),
    "mod": _sign("broadcast_mod", "_mod", "_mod", "_mod_scalar", "_modscalar", "_rmod_scalar", "_rmodscalar"),
    "pow": _sign("broadcast_power", "_power", "_power", "_power_scalar", "_powerscalar",
                 "_rpower_scalar", "_rpower_scalar"),
    "gt": _sign("broadcast_greater", "_greater", "_greater", "_greater_scalar", "_greater_scalar",
                "_lesser_scalar", "_lesser_scalar"),
    "ge": _sign("broadcast_greater_equal", "_greater_equal", "_greater_equal", "_greater_equal_scalar",
                "_greater_equal_scalar", "_lesser_equal_scalar", "_lesser_equal_scalar"),
    "lt": _sign("broadcast_lesser", "_lesser", "_lesser", "_lesser_scalar", "_lesser_scalar",
                "_greater_scalar", "_greater_scalar"),
    "le": _sign("broadcast_lesser_equal", "_lesser_equal", "_lesser_equal", "_lesser_equal_scalar",
                "_lesser_equal_scalar", "_greater_equal_scalar", "_greater_equal_scalar"),
    "eq": _sign("broadcast_equal", "_equal", "_equal", "_equal_scalar", "_equal_scalar"),
    "ne": _sign("broadcast_not_equal", "_not_equal", "_not_equal", "_not_equal_scalar", "_not_equal_scalar"),
    "maximum": _sign("broadcast_maximum", "_maximum", "_maximum", "_maximum_scalar", "_maximumscalar"),
    "minimum": _sign("broadcast_minimum", "_minimum", "_minimum", "_minimum_scalar", "_minimumscalar"),
    "hypot": _sign("broadcast_hypot", "_hypot", "_hypot", "_hypot_scalar", "_hypotscalar"),
    "logical_and": _sign("broadcast_logical_and", "_logical_and", "_logical_and", "_logical_and_scalar",
                         "_logical_and_scalar"),
    "logical_or": _sign("broadcast_logical_or", "_logical_or", "_logical_or", "_logical_or_scalar",
                        "_logical_or_scalar"),
    "logical_xor": _sign("broadcast_logical_xor", "_logical_xor", "_logical_xor", "_logical_xor_scalar",
                         "_logical_xor_scalar"),
}

# Names in files: (face, where the number stands: None, 0 or 1).
OPERATIONS: dict[str, tuple[str, int | None]] = {}
for _s in SIGNS.values():
    OPERATIONS[_s.op[0]] = (_s.face, None)
for _s in SIGNS.values():  # a sign's own scalar form comes before another's reflected form
    OPERATIONS[_s.scalar[0]] = (_s.face, 1)
for _s in SIGNS.values():
    OPERATIONS.setdefault(_s.rscalar[0], (_s.face, 0))
OPERATIONS |= {"_plus": ("broadcast_add", None), "_minus": ("broadcast_sub", None), "_add": ("broadcast_add", None),
               "_sub": ("broadcast_sub", None), "_Plus": ("broadcast_add", None), "_Minus": ("broadcast_sub", None),
               "_Mul": ("broadcast_mul", None), "_Div": ("broadcast_div", None), "_PlusScalar": ("broadcast_add", 1),
               "_MinusScalar": ("broadcast_sub", 1), "_MulScalar": ("broadcast_mul", 1),
               "_DivScalar": ("broadcast_div", 1), "_grad_add": ("broadcast_add", None),
               "_mul": ("broadcast_mul", None), "_div": ("broadcast_div", None),
               "broadcast_plus": ("broadcast_add", None), "broadcast_minus": ("broadcast_sub", None)}

for _name in [n for n in OPERATIONS if n.startswith("_") and n.islower()]:  # old names: _GreaterEqualScalar, _Not_Equal
    _parts = _name[1:].title().split("_")
    if OPERATIONS[_name][1] == 0:
        _parts[0] = "R" + _parts[0][1:].title()  # _RMinusScalar
    OPERATIONS.setdefault("_" + ("" if _parts[-1] == "Scalar" else "_").join(_parts), OPERATIONS[_name])

# The name under which MXNet writes an operator that has several.
CANONICAL = {
    "concat": "Concat", "reshape": "Reshape", "split": "SliceChannel", "flatten": "Flatten", "cast": "Cast",
    "stop_gradient": "BlockGrad", "swapaxes": "SwapAxis", "identity": "_copy", "ElementWiseSum": "add_n",
    "crop": "slice", "broadcast_axes": "broadcast_axis", "flip": "reverse", "pad": "Pad", "Softmax": "SoftmaxOutput",
    "broadcast_plus": "broadcast_add", "broadcast_minus": "broadcast_sub", "choose_element_0index": "pick",
    "ctc_loss": "CTCLoss", "max_axis": "max", "min_axis": "min", "sum_axis": "sum", "zeros": "_zeros",
    "ones": "_ones", "full": "_full", "arange": "_arange", "eye": "_eye", "linspace": "_linspace",
    "cumsum": "_np_cumsum", "unravel_index": "_unravel_index", "ravel_multi_index": "_ravel_multi_index",
    "normal": "_random_normal", "uniform": "_random_uniform",
}

for _name in ("gemm gemm2 potrf potri trmm trsm syrk det slogdet inverse sumlogdiag extractdiag makediag extracttrian "
              "maketrian gelqf syevd").split():
    CANONICAL[f"linalg_{_name}"] = f"_linalg_{_name}"
for _name in ("uniform normal gamma exponential poisson negative_binomial generalized_negative_binomial "
              "dirichlet").split():
    CANONICAL[f"random_pdf_{_name}"] = f"_random_pdf_{_name}"
    if _name != "dirichlet":
        CANONICAL |= {f"random_{_name}": f"_random_{_name}", f"sample_{_name}": f"_sample_{_name}"}
CANONICAL |= {"random_randint": "_random_randint", "sample_multinomial": "_sample_multinomial", "shuffle": "_shuffle"}
CANONICAL["_contrib_box_non_maximum_suppression"] = "_contrib_box_nms"

# Names that the files of other versions use.
ALIASES = {"Convolution_v1": "Convolution", "Pooling_v1": "Pooling", "BatchNorm_v1": "BatchNorm", "_copy": "identity",
           "Softmax": "SoftmaxOutput", "_rnn_param_concat": "concat", "_npi_rnn_param_concat": "concat",
           "_sum": "sum", "_mean": "mean", "Pad": "pad", "reverse": "flip"}

for _name, _written in CANONICAL.items():
    ALIASES.setdefault(_written, _name)

# Inputs that exist under a condition on the attributes only.
CONDITIONAL: dict[tuple[str, str], Callable[[dict[str, Any]], bool]] = {
    ("LeakyReLU", "gamma"): lambda a: a.get("act_type") == "prelu",
    ("RNN", "state_cell"): lambda a: a.get("mode") == "lstm",
    ("CTCLoss", "data_lengths"): lambda a: bool(a.get("use_data_lengths")),
    ("CTCLoss", "label_lengths"): lambda a: bool(a.get("use_label_lengths")),
    ("_contrib_DeformablePSROIPooling", "trans"): lambda a: not a.get("no_trans"),
    **{(f"_contrib_quantized_{kind}", name): lambda a: not a.get("no_bias")
       for kind in ("conv", "fully_connected") for name in ("bias", "min_bias", "max_bias")},
    **{(f"_contrib_quantized_{kind}", name): lambda a: True for kind in ("conv", "fully_connected")
       for name in ("min_data", "max_data", "min_weight", "max_weight")},
    ("softmax", "length"): lambda a: bool(a.get("use_length")),
    **{(f"{kind}Norm", name): lambda a: True for kind in ("Layer", "Group", "Instance") for name in ("gamma", "beta")},
}

# The initializers that variables which have none get as inputs of an operator, by their places.
STARTS: dict[str, dict[int, str]] = {
    **dict.fromkeys(("BatchNorm", "_contrib_SyncBatchNorm", "_contrib_BatchNormWithReLU"),
                    {3: '["zero", {}]', 4: '["one", {}]'}),
    "LeakyReLU": {1: '["Constant", {"value": 0.25}]'},
    "UpSampling": {1: '["bilinear", {}]'},
}

# Attributes that a graph cannot do without, as the input shapes are not there to tell them.
REQUIRED = {
    "FullyConnected": {"num_hidden": int},
    "Convolution": {"kernel": tuple, "num_filter": int},
    "Deconvolution": {"kernel": tuple, "num_filter": int},
    "Embedding": {"input_dim": int, "output_dim": int},
    "RNN": {"state_size": int, "num_layers": int, "mode": str},
    "Activation": {"act_type": str},
    "SliceChannel": {"num_outputs": int},
    "split": {"num_outputs": int},
}

# Names of outputs, and how many MXNet counts where some are hidden.
OUTPUTS = {"BatchNorm": ("output", "mean", "var"), "LayerNorm": ("output", "mean", "std"),
           "GroupNorm": ("output", "mean", "std"), "RNN": ("output", "state_output", "statecell_output"),
           "make_loss": ("loss",), "_linalg_det": ("output0",),
           "sort": ("output0",), "CTCLoss": ("output0",), "_contrib_box_nms": ("output0",),
           "_contrib_MultiBoxTarget": ("loc_target", "loc_mask", "cls_target"),
           "_contrib_Proposal": ("output", "score"), "_contrib_MultiProposal": ("output", "score"),
           "_contrib_hawkesll": ("output", "out_state"),
           **dict.fromkeys([f"_contrib_quantized_{kind}" for kind in (
               "conv fully_connected pooling flatten act elemwise_add elemwise_mul concat embedding batch_norm"
           ).split()], ("output", "min_output", "max_output"))}
COUNTED = {"BatchNorm": 3, "_contrib_SyncBatchNorm": 3, "LayerNorm": 3, "GroupNorm": 3, "InstanceNorm": 3,
           "Dropout": 2, "LRN": 2, "L2Normalization": 2, "sort": 2, "CTCLoss": 2, "_contrib_box_nms": 2,
           "_contrib_Proposal": 2, "_contrib_MultiProposal": 2, "BilinearSampler": 2, "Correlation": 3,
           "GridGenerator": 2, "_linalg_det": 3, "_linalg_slogdet": 4, "_contrib_BatchNormWithReLU": 4}


def counted(op: str, count: int, given: dict[str, Any]) -> int:
    """The number of outputs that MXNet's files count for an operator of ``count`` visible ones."""
    if op == "Pooling" and given.get("pool_type", "max") == "max" or op == "topk" and given.get("ret_typ") == "value":
        return 2
    return max(count, COUNTED.get(op, 1))


# Attributes with a short and a dunder name.
HIDDEN = ("ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage")

FLUENT = frozenset(
    "norm round rint fix floor ceil trunc zeros_like ones_like abs sign sin cos tan arcsin arccos arctan sinh cosh "
    "tanh arcsinh arccosh arctanh degrees radians exp expm1 log log10 log2 log1p sqrt rsqrt square reciprocal cbrt "
    "rcbrt relu sigmoid softmax log_softmax softmin expand_dims flip sort topk argsort argmax argmin argmax_channel "
    "shape_array size_array one_hot tile repeat split split_v2 slice slice_axis slice_like clip broadcast_axes "
    "broadcast_to broadcast_like pad reshape_like squeeze take pick sum nansum prod nanprod mean max min swapaxes "
    "diag depth_to_space space_to_depth flatten".split()
)
VALUES_ONLY = frozenset("asnumpy asscalar wait_to_read copy as_in_context as_in_ctx detach backward gradient item "
                        "tolist numpy copyto attach_grad shape size dtype".split())


def hint(name: str) -> str | None:
    """The stem of automatic names where it is not the function's: ``sym.contrib.box_nms`` makes ``box_nms0``.

    >>> hint("_contrib_box_nms"), hint("relu")
    ('box_nms', None)
    """
    for prefix in ("_contrib_", "_image_", "_linalg_"):
        if name.startswith(prefix):
            return name[len(prefix):]
    return name[len("_random_"):] if name.startswith("_random_") and name.endswith("_like") else None


def condition(op: str, public: str, given: dict[str, Any], optional: bool) -> bool:
    """Whether operator ``op`` has the input ``public`` under the attributes ``given``."""
    rule = CONDITIONAL.get((op, public))
    if rule is not None:
        return rule(given)
    if public == "bias" and "no_bias" in given:
        return not given["no_bias"]
    if public == "sequence_length":
        return bool(given.get("use_sequence_length"))
    return not optional

# The operators, besides those of two operands, whose arrays must have one dtype.
UNIFORM = {
    *("Concat concat stack add_n ElementWiseSum FullyConnected Convolution Deconvolution BilinearSampler Correlation "
      "Crop GroupNorm InstanceNorm LayerNorm LeakyReLU LinearRegressionOutput LogisticRegressionOutput "
      "MAERegressionOutput RNN ROIPooling SVMOutput Softmax SoftmaxOutput SpatialTransformer UpSampling batch_dot dot "
      "khatri_rao").split(),
    *[f"_contrib_{name}" for name in (
        "DeformableConvolution ModulatedDeformableConvolution ROIAlign RROIAlign allclose box_decode box_iou "
        "interleaved_matmul_encdec_qk interleaved_matmul_encdec_valatt interleaved_matmul_selfatt_valatt").split()],
    *[f"linalg_{name}" for name in ("gemm", "gemm2", "trmm", "trsm")],
    *[f"random_pdf_{name}" for name in (
        "uniform normal gamma exponential poisson negative_binomial generalized_negative_binomial dirichlet").split()],
}
