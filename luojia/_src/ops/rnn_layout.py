"""Where the weights of each gate stand in the packed parameters of ``RNN``, under the names of MXNet's cells."""

from __future__ import annotations

from ..errors import ShapeError
from .rnn import parameter_size

GATE_NAMES = {"rnn_relu": ("",), "rnn_tanh": ("",), "lstm": ("_i", "_f", "_c", "_o"), "gru": ("_r", "_z", "_o")}


def gate_slices(total: int, mode: str, size: int, layers: int,
                bidirectional: bool) -> dict[str, tuple[slice, tuple[int, ...]]]:
    """(slice, shape) of each gate's weight and bias, by names such as ``l0_i2h_f_weight``, in packed order.

    >>> list(gate_slices(12, "rnn_tanh", 2, 1, False))
    ['l0_i2h_weight', 'l0_h2h_weight', 'l0_i2h_bias', 'l0_h2h_bias']

    Raises:
        ShapeError: no width of inputs gives ``total`` parameters.
    """
    gates, sides = GATE_NAMES[mode], ("l", "r")[: 1 + bidirectional]
    how = {"mode": mode, "state_size": size, "num_layers": layers, "bidirectional": bidirectional}
    width, rest = divmod(total - parameter_size(0, **how), len(sides) * size * len(gates))
    if rest or width < 1:
        raise ShapeError(f"an RNN of mode {mode!r}, {layers} layer(s) of {size} and bidirectional={bidirectional} has "
                         f"no {total} parameters for any width of its inputs.")
    found, start = {}, 0
    for kind in ("weight", "bias"):
        for layer in range(layers):
            for side in sides:
                for group, columns in (("i2h", width if layer == 0 else size * len(sides)), ("h2h", size)):
                    for gate in gates:
                        shape = (size, columns) if kind == "weight" else (size,)
                        stop = start + size * (columns if kind == "weight" else 1)
                        found[f"{side}{layer}_{group}{gate}_{kind}"] = slice(start, stop), shape
                        start = stop
    return found
