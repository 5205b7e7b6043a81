"""The operators by the precision that ``amp`` gives them, under the names of MXNet's ``amp.lists``."""

from __future__ import annotations

from types import SimpleNamespace

from . import amp

__all__ = ["BF16", "FP16"]


def _lists(dtype: str, short: str) -> SimpleNamespace:
    return SimpleNamespace(**{
        f"{short}_FUNCS": amp.list_lp16_ops(dtype),
        f"{short}_FP32_FUNCS": amp.list_lp16_fp32_ops(dtype),
        f"{short}_USE_FP32_PARAMS": amp.list_lp16_use_fp32_params(dtype),
        "FP32_FUNCS": amp.list_fp32_ops(dtype),
        "CONDITIONAL_FP32_FUNCS": amp.list_conditional_fp32_ops(dtype),
        "WIDEST_TYPE_CASTS": amp.list_widest_type_cast(dtype),
        "LOSS_OUTPUT_FUNCTIONS": amp.list_loss_output_functions(dtype),
    })


FP16, BF16 = _lists("float16", "FP16"), _lists("bfloat16", "BF16")
