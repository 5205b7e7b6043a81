"""Names of MXNet's operator modules that luojia does not have, and what to use instead: the one table of them."""

from __future__ import annotations

import fnmatch

from ..errors import AbsentName, RefusedName

_QUANTIZED = "quantize_v2, dequantize and requantize convert arrays; recurrent networks compute in floating point"
_GRAPHS = "graph neural networks on csr matrices are not part of luojia; index dense arrays with take and gather_nd"
_GRADIENT = "operators have no backward operators of their own; take gradients with autograd or GradOperation"
_STEP = "graphs hold no optimizer steps; use the function of nd, an optimizer or a Trainer"

CONTRIB: dict[str, str] = {
    "quantized_rnn": _QUANTIZED,
    "dgl_*": _GRAPHS,
}
ARRAYS: dict[str, str] = {
    "imdecode": "use mx.image.imdecode",
    "_imdecode": "use mx.image.imdecode",
    "*backward_*": _GRADIENT,
    "_sg_mkldnn_*": "these are made by MKL-DNN's graph pass, which luojia does not have",
}
SYMBOLS: dict[str, str] = {
    "*_update": _STEP,
    "*_update_phase?": _STEP,
    "reset_arrays": _STEP,
}
REFUSED = CONTRIB | ARRAYS


def missing(module: str, name: str, symbols: bool = False) -> AttributeError:
    """The error for a name that ``module`` lacks: a RefusedName, which says what to use, if it is MXNet's.

    >>> missing("luojia.ndarray", "imdecode")
    RefusedName('luojia.ndarray.imdecode is not supported: use mx.image.imdecode.')
    """
    table = SYMBOLS | REFUSED if symbols else REFUSED
    advice = table.get(name) or next((a for p, a in table.items() if "*" in p and fnmatch.fnmatchcase(name, p)), None)
    if advice is not None:
        return RefusedName(f"{module}.{name} is not supported: {advice}.")
    return AbsentName(module, name)
