"""MindSpore's operators as objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, DTypeError, GraphError


class Primitive:
    """An operator as an object: attributes at construction, Tensors at the call (``ops.MatMul()(x, y)``)."""

    face: Any  # the signature that it was made of: see faces.py
    _call: Callable

    def __init__(self, **attrs: Any) -> None:
        self.attrs = attrs

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def instance_name(self) -> str:
        """What ``set_prim_instance_name`` called the object; by default its name."""
        return self.__dict__.get("_instance_name", self.name)

    @instance_name.setter
    def instance_name(self, name: str) -> None:
        self.__dict__["_instance_name"] = name

    def recompute(self, mode: bool = True) -> Primitive:
        """Accepted: an operator by itself keeps what its rule reads. ``Cell.recompute`` keeps inputs only."""
        if not isinstance(mode, bool):
            raise DTypeError(f"The recompute mode must be bool, but got {type(mode).__name__}.")
        self.attrs["recompute"] = mode
        return self

    def init_prim_io_names(self, inputs: list, outputs: list) -> None:
        """Name the inputs and outputs."""
        self.attrs.update(input_names=inputs, output_names=outputs)

    def add_prim_attr(self, name: str, value: Any) -> Primitive:
        """Add an attribute; it is then an attribute of the object too, and nothing is computed with it."""
        if not isinstance(name, str):
            raise DTypeError(f"For 'add_prim_attr', 'name' must be a string, but got {type(name).__name__}: {name}.")
        self.attrs[name] = value
        self.__dict__[name] = value
        return self

    def del_prim_attr(self, name: str) -> Primitive:
        """Take an attribute away."""
        self.attrs.pop(name, None)
        self.__dict__.pop(name, None)
        return self

    def set_stage(self, stage: int) -> Primitive:
        """Accepted; there are no pipeline stages."""
        return self.add_prim_attr("stage", stage)

    def set_device(self, device_target: str) -> Primitive:
        """Accepted: an operator runs where its inputs are."""
        if device_target not in ("CPU", "GPU", "Ascend"):
            raise GraphError(f"For '{self.name}', 'device_target' must be 'CPU', 'GPU' or 'Ascend', but got "
                             f"{device_target!r}.")
        return self.add_prim_attr("primitive_target", device_target)

    def place(self, role: str, rank_id: int) -> None:
        """Accepted: an operator runs in the process that calls it."""
        if role != "MS_WORKER":
            raise ArgumentError(f"For 'Primitive.place', the 'role' must be 'MS_WORKER', but got {role!r}.")
        if not isinstance(rank_id, int) or isinstance(rank_id, bool):
            raise DTypeError(f"For 'Primitive.place', the 'rank_id' must be int, but got {type(rank_id).__name__}.")
        if rank_id < 0:
            raise ArgumentError(f"For 'Primitive.place', the 'rank_id' must be at least 0, but got {rank_id}.")

    def shard(self, in_strategy: Any = None, out_strategy: Any = None) -> Primitive:
        """Accepted; in one process nothing is cut into shards.

        Raises:
            TypeError: a strategy that is not a tuple, for each input, of tuples of int.
        """
        for what, strategy in (("in_strategy", in_strategy), ("out_strategy", out_strategy)):
            if strategy is None:
                continue
            if not isinstance(strategy, tuple):
                raise DTypeError(f"For 'Primitive.shard', the '{what}' must be a tuple, but got {strategy!r}.")
            for part in strategy:
                if isinstance(part, (int, float, str, list)) or isinstance(part, tuple) and any(
                        isinstance(n, (float, str)) for n in part):
                    raise DTypeError(f"For 'Primitive.shard', the '{what}' must have a tuple of int for each input, "
                                     f"but got {part!r}.")
        return self

    def set_prim_instance_name(self, name: str) -> Primitive:
        """Give the object a name."""
        if not isinstance(name, str):
            raise DTypeError(f"For 'set_prim_instance_name', 'name' must be a string, but got {type(name).__name__}.")
        self.instance_name = name
        return self

    def check_elim(self, *args: Any) -> tuple[bool, Any]:
        """(False, None): no operator is known to do nothing before it is called."""
        return False, None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "attrs":
            raise AttributeError(name)
        try:
            return self.attrs[name]
        except KeyError:
            raise AttributeError(f"The '{type(self).__name__}' object has no attribute '{name}'.") from None

    def __repr__(self) -> str:
        inner = ", ".join(f"{k}={v}" for k, v in self.attrs.items() if k not in ("input_names", "output_names"))
        return f"Prim[{self.name}]" + (f"<{inner}>" if inner else "")
