"""What MXNet's modules of documentation, ``symbol_doc`` and ``ndarray_doc``, offer to programs."""

from __future__ import annotations

from typing import Any

__all__ = ["NDArrayDoc", "SymbolDoc"]


class NDArrayDoc:
    """Its subclasses hold MXNet's examples; luojia has them in the docstrings of the operators."""


class SymbolDoc:
    """Its subclasses hold MXNet's examples; luojia has them in the docstrings of the operators."""

    @staticmethod
    def get_output_shape(sym: Any, **input_shapes: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The shape of each output, by name.

        >>> import luojia as mx
        >>> SymbolDoc.get_output_shape(mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=3, name="fc"), x=(2, 4))
        {'fc_output': (2, 3)}
        """
        return dict(zip(sym.list_outputs(), sym.infer_shape(**input_shapes)[1]))
