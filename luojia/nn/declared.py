"""What programs tell a network, or ask of it, for MindSpore's compiler and many devices: kept, and mostly unused."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .._src.core.dtypes import float16, float32
from .._src.core.generator import get_rng_state, set_rng_state
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, NotSupportedError
from .._src.ops import Parameter
from .compute import cast_floats


class DeclaredMixin:
    """The compiler's and the launcher's side of Module; see there."""

    training: bool
    _forward_method: Callable[..., Any]
    get_parameters: Callable[..., Iterator[Parameter]]
    cells_and_names: Callable[..., Iterator[tuple[str, Any]]]
    _func_graph_flags: dict[str, Any]

    pipeline_segment = None
    cell_type = None
    create_time = 0
    compile_phase = ""
    _inputs: tuple | None = None
    _scope: str | None = None
    _pipeline_stage: int | None = None
    parallel_parameter_name_list = ()

    def _start_declared(self) -> None:
        values = self.__dict__
        values["phase"] = "train"
        values["cls_name"] = type(self).__name__
        values["param_prefix"] = ""
        values["_func_graph_flags"] = {}

    @property
    def parameter_layout_dict(self) -> dict[str, Any]:
        """How parameters lie on several devices: whole, on each."""
        return {}

    @property
    def parallel_parameter_merge_net_dict(self) -> dict[str, Any]:
        """Parameters that several networks share under several names: none."""
        return {}

    @property
    def jit_config_dict(self) -> dict[str, Any]:
        """The options that ``set_jit_config`` was given."""
        return self.__dict__.get("_jit_config_dict", {})

    @property
    def compile_cache(self) -> set[Any]:
        """MindSpore's compiled graphs: none."""
        return set()

    @property
    def bprop_debug(self) -> bool:
        """Accepted; a network's own ``bprop`` always runs as Python, which a debugger can enter."""
        return self.__dict__.get("_bprop_debug", False)

    @bprop_debug.setter
    def bprop_debug(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise DTypeError(f"For 'Cell', the property 'bprop_debug' must be bool type, but got type {type(value)}.")
        self.__dict__["_bprop_debug"] = value

    @property
    def pipeline_stage(self) -> int | None:
        """The stage of a pipeline over several devices, None without one; a pipeline runs on one device here."""
        return self._pipeline_stage

    @pipeline_stage.setter
    def pipeline_stage(self, value: int) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise DTypeError(f"For 'Cell', the property 'pipeline_stage' must be int type, but got type {type(value)}.")
        if value < 0:
            raise ArgumentError(f"For 'Cell', the property 'pipeline_stage' can not be less than 0, but got {value}")
        for _, module in self.cells_and_names():
            module.__dict__["_pipeline_stage"] = value

    def get_func_graph_proto(self) -> str:
        raise NotSupportedError("get_func_graph_proto: luojia has no graph protocol buffer; trace the network to a "
                                "Symbol by calling it with luojia.sym.Variable('x').")

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Run the network once on ``args`` to see that it can be, and undo what that assigned to parameters.

        It is compiled, under GRAPH_MODE, when it is first called. Without arguments there is nothing to do.

        >>> from luojia import Tensor, nn
        >>> nn.Dense(2, 3).compile(Tensor([[1.0, 2.0]]))
        """
        if not args and not kwargs:
            return
        before, keys = [(p, p.asnumpy().copy()) for p in self.get_parameters()], get_rng_state()
        try:
            self(*args, **kwargs)  # pyright: ignore[reportCallIssue]
        finally:
            set_rng_state(keys)
            for p, array in before:
                p.set_data(Tensor(array))

    def compile_and_run(self, *args: Any, **kwargs: Any) -> Any:
        """The network's result for ``args``."""
        return self(*args, **kwargs)  # pyright: ignore[reportCallIssue]

    def set_inputs(self, *inputs: Any, **kwargs: Any) -> None:
        """Keep the inputs that stand for dynamic shapes, for ``get_inputs``; shapes need no declaration here.

        Raises:
            ValueError: positional inputs and inputs by name at once, or a name that the network's method does not have.
        """
        if kwargs:
            names = inspect.signature(self._forward_method).parameters
            unknown = [k for k in kwargs if k not in names]
            if inputs or unknown:
                raise ArgumentError("For 'set_inputs', give all inputs by position, or all by the names "
                                    f"{list(names)}, but got {unknown or 'both'}.")
        self.__dict__["_inputs"] = tuple(kwargs.values()) if kwargs else inputs

    def get_inputs(self) -> tuple | None:
        """What ``set_inputs`` was given, or None."""
        return self._inputs

    def update_cell_prefix(self) -> None:
        """Set ``param_prefix`` of each network below to its dotted path."""
        for name, module in self.cells_and_names():
            module.__dict__["param_prefix"] = name

    def update_cell_type(self, cell_type: str) -> None:
        """Set ``cell_type``."""
        self.__dict__["cell_type"] = cell_type

    def get_scope(self) -> str | None:
        """The path that ``generate_scope`` gave this network in MindSpore's graphs; None before."""
        return self._scope

    def generate_scope(self) -> None:
        """Give each network below its ``get_scope``."""
        for name, module in self.cells_and_names():
            module.__dict__["_scope"] = f"Default/{name}-{type(module).__name__}" if name else None

    def cast_inputs(self, inputs: tuple, dst_type: Any) -> tuple:
        """``inputs`` with their floating Tensors cast."""
        return cast_floats(tuple(inputs), dst_type)

    def cast_param(self, param: Parameter) -> Any:
        """``param`` in the dtype that this network computes in."""
        dtype = self.__dict__.get("_compute_dtype")
        return param if dtype is None else cast_floats(param, dtype)

    def get_mixed_precision_type(self) -> Any:
        """The dtype that ``to_float`` set, or None."""
        return self.__dict__.get("_compute_dtype")

    def set_mixed_precision_type(self, mixed_type: Any, recursive: bool = True) -> None:
        """``to_float`` under another name."""
        dtype = getattr(mixed_type, "name", mixed_type)
        self.to_float({"FP16": float16, "FP32": float32}.get(dtype, mixed_type))  # pyright: ignore

    def set_comm_fusion(self, fusion_type: int, recurse: bool = True) -> Any:
        """Set ``comm_fusion`` of the trainable parameters, which nothing here goes by.

        Raises:
            TypeError: no int.
            ValueError: < 0.
        """
        if isinstance(fusion_type, bool) or not isinstance(fusion_type, int):
            raise DTypeError(f"The input value must be int, but got '{type(fusion_type).__name__}'")
        if fusion_type < 0:
            raise ArgumentError(f"The input value must be int and must >= 0, but got '{fusion_type}' with type 'int'.")
        for p in self.get_parameters(recurse):
            if p.requires_grad:
                p.comm_fusion = fusion_type
        return self

    def set_jit_config(self, jit_config: Any) -> None:
        """Keep options that tune MindSpore's compiler; those given later count.

        Raises:
            AttributeError: no ``JitConfig``.
        """
        self.__dict__["_jit_config_dict"] = dict(jit_config.jit_config_dict)

    def set_broadcast_flag(self, mode: bool = True) -> Any:
        """Accepted; ranks start from equal parameters anyway."""
        return self

    def set_boost(self, boost_type: Any) -> Any:
        """Accepted; there is nothing to boost.

        Raises:
            ValueError: another type than 'less_bn'.
        """
        if boost_type != "less_bn":
            raise ArgumentError(f"For 'set_boost', the argument 'boost_type' must be 'less_bn', but got {boost_type}.")
        return self

    def set_param_ps(self, recurse: bool = True, init_in_server: bool = False) -> None:
        """Accepted; there is no parameter server."""

    def set_data_parallel(self) -> None:
        """Accepted; see ``set_auto_parallel_context`` for data parallelism."""

    def offload(self, backward_prefetch: str = "Auto") -> None:
        """Accepted; activations stay on their device."""

    def shard(self, in_strategy: Any, out_strategy: Any = None, parameter_plan: Any = None, device: str = "Ascend",
              level: int = 0) -> Any:
        """This network, which is not cut over devices."""
        return self

    def remove_redundant_parameters(self) -> None:
        """Accepted; no parameter is held twice."""

    def infer_param_pipeline_stage(self) -> list[Parameter]:
        """The trainable parameters: one stage holds them all."""
        return [p for p in self.get_parameters() if p.requires_grad]

    def check_names_and_refresh_name(self) -> None:
        """Name every parameter by its path, and see that no two have one name."""
        self.update_parameters_name("")  # pyright: ignore
        self.check_names()  # pyright: ignore

    def auto_parallel_compile_and_run(self) -> bool:
        """False: nothing is cut over devices."""
        return False

    def load_parameter_slice(self, params: Any) -> None:
        """Accepted; parameters are whole."""


@contextmanager
def no_init_parameters() -> Iterator[None]:
    """A scope in which MindSpore makes networks without filling their parameters; here they are filled, as always.

    >>> from luojia import nn
    >>> with nn.utils.no_init_parameters():
    ...     net = nn.Dense(2, 3)
    >>> net.weight.shape
    (3, 2)

    Matches ``mindspore.nn.utils.no_init_parameters``.
    """
    yield


__all__ = ["DeclaredMixin", "no_init_parameters"]
