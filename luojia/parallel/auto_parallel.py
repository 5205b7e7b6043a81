"""MindSpore's ways to say how a network is cut over devices; on one device they are checked, and it runs whole."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

from .._src.errors import ArgumentError, DTypeError, ShapeError, UnknownNameError
from ..nn.module import Module

__all__ = ["AutoParallel", "Layout", "shard"]
_MODES = ["semi_auto", "sharding_propagation", "recursive_programming"]
_SCHEDULERS = ("1f1b", "gpipe", "seqpipe", "seqvpp", "seqsmartvpp", "zero_bubble_v")


class Layout:
    """An arrangement of devices whose axes have names; called with names, the layout of a tensor cut along them.

    Args:
        device_matrix: how many devices there are along each axis.
        alias_name: the axes' names; 'interleaved_parallel' cuts further on each device.
        rank_list: the devices in order of their place; by default 0, 1, 2, ...

    Raises:
        TypeError: an argument, or an element of one, of another type.
        ValueError: lengths that differ, names that are empty, 'None' or not unique; in a call, a name that there is
            not, or twice.

    >>> layout = Layout((2, 2, 2), ("dp", "sp", "mp"))
    >>> layout("dp", "mp").to_dict()["tensor_map"], layout(("dp", "sp"), "None").to_dict()["tensor_map"]
    ((2, 0), ((2, 1), -1))

    Matches ``mindspore.parallel.Layout``.
    """

    def __init__(self, device_matrix: tuple[int, ...], alias_name: tuple[str, ...],
                 rank_list: list[int] | None = None) -> None:
        for name, value, kind in (("device_matrix", device_matrix, int), ("alias_name", alias_name, str)):
            if not isinstance(value, tuple):
                raise DTypeError(f"{name} must be tuple type, but got:{type(value)}")
            for element in value:
                if type(element) is not kind:
                    raise DTypeError(f"The element of {name} must be {kind.__name__} type, but got:{type(element)}")
        if len(device_matrix) != len(alias_name):
            raise ShapeError("device_matrix length should be equal to alias_name length")
        if "" in alias_name:
            raise ArgumentError("The element of alias_name can not be empty.")
        if "None" in alias_name:
            raise ArgumentError("The element of alias_name can not set 'None', because 'None' means no sharding.")
        if len(set(alias_name)) != len(alias_name):
            raise ArgumentError(f"Each element of alias_name {alias_name} should be different")
        count = math.prod(device_matrix)
        if rank_list is not None:
            if not isinstance(rank_list, list):
                raise DTypeError(f"The rank_list should be a list, but got {type(rank_list).__name__}.")
            for element in rank_list:
                if type(element) is not int:
                    raise DTypeError(f"The element of rank_list should be int, but got {type(element).__name__}.")
            if len(rank_list) != count:
                raise ShapeError("The length of rank_list should be equal to the product of device_matrix, but got "
                                 f"{len(rank_list)} and {count}.")
        self._matrix, self._names = device_matrix, alias_name
        self._ranks = list(range(count)) if rank_list is None else rank_list
        self._map: tuple | None = None

    def __call__(self, *tensor_map: Any) -> Layout:
        made = Layout(self._matrix, self._names, self._ranks)
        seen: set[str] = set()
        made._map = tuple([tuple([self._axis(n, seen) for n in name]) if isinstance(name, tuple)
                           else self._axis(name, seen) for name in tensor_map])
        return made

    def _axis(self, name: Any, seen: set[str]) -> int:
        if name == "None":
            return -1
        if name not in self._names:
            raise ArgumentError(f"The axis {name} is not found in {self._names}")
        if name in seen:
            raise ArgumentError(f"The axis {name} has been set more than one in {self._names}")
        seen.add(name)
        return len(self._names) - 1 - self._names.index(name)

    def to_dict(self) -> dict[str, Any]:
        """The layout as a dict.

        Raises:
            ValueError: the layout of no tensor: it was not called.
        """
        if self._map is None:
            raise ArgumentError("The tensor_map of layout is None")
        return {"device_matrix": self._matrix, "tensor_map": self._map,
                "interleaved_parallel": "interleaved_parallel" in self._names, "alias_name": self._names,
                "rank_list": self._ranks}


def _check_strategy(name: str, strategy: Any) -> None:
    if not isinstance(strategy, tuple):
        raise DTypeError(f"For 'shard', the '{name}' should be a tuple, but got {type(strategy).__name__}.")
    for element in strategy:
        parts = element if isinstance(element, tuple) else (element,)
        if element is not None and not isinstance(element, Layout) and not (
                isinstance(element, tuple) and all(type(n) is int or isinstance(n, (Layout, tuple)) for n in parts)):
            raise DTypeError(f"For 'shard', each element of '{name}' should be a tuple(int) or a Layout, but got "
                             f"{element!r}.")


def shard(fn: Callable, in_strategy: tuple, out_strategy: tuple | None = None,
          parameter_plan: dict[str, Any] | None = None) -> Callable:
    """``fn``: on one device nothing is cut.

    Args:
        fn: a network, or a function of Tensors.
        in_strategy, out_strategy: for each input, and output, how it is cut: a tuple of ints, or a Layout.
        parameter_plan: how parameters are cut, by name.

    Raises:
        TypeError: an argument of another type.

    >>> from luojia import Tensor, nn
    >>> shard(nn.ReLU(), in_strategy=((1, 1),))(Tensor([[-1.0, 2.0]])).tolist()
    [[0.0, 2.0]]

    Matches ``mindspore.parallel.shard`` on one device, but that the arguments are checked as it is documented.
    """
    if not callable(fn):
        raise DTypeError(f"For 'shard', the 'fn' should be a Cell or a function, but got {type(fn).__name__}.")
    _check_strategy("in_strategy", in_strategy)
    if out_strategy is not None:
        _check_strategy("out_strategy", out_strategy)
    if parameter_plan is not None and not isinstance(parameter_plan, dict):
        raise DTypeError(f"For 'shard', the 'parameter_plan' should be a dict or None, but got "
                         f"{type(parameter_plan).__name__}.")
    for name, value in (parameter_plan or {}).items():
        if not isinstance(name, str) or not isinstance(value, (tuple, Layout)):
            raise DTypeError("For 'shard', the 'parameter_plan' should have tuples or Layouts by str, but got "
                             f"{name!r}: {value!r}.")
    return fn


class AutoParallel(Module):
    """A network, which MindSpore would cut over devices; on this one it runs whole, and what is set is checked alone.

    Args:
        network: a network, or a function of Tensors.
        parallel_mode: 'semi_auto', 'sharding_propagation' or 'recursive_programming'.

    Raises:
        ValueError: another mode.

    >>> from luojia import Tensor, nn
    >>> net = AutoParallel(nn.Dense(2, 1, "ones", "zeros"), parallel_mode="semi_auto")
    >>> net.pipeline(stages=1)
    >>> net(Tensor([[1.0, 2.0]])).tolist(), [p.name for p in net.trainable_params()]
    ([[3.0]], ['weight', 'bias'])

    Matches ``mindspore.parallel.auto_parallel.AutoParallel`` on one device. For data parallel training there are
    ``set_auto_parallel_context`` and ``luojia.parallel.Mesh``.
    """

    def __init__(self, network: Any, parallel_mode: str = "semi_auto") -> None:
        super().__init__(auto_prefix=False)
        if parallel_mode not in _MODES:
            raise ArgumentError(f"the argument 'parallel_mode' must be one of {_MODES}, but got the value : "
                                f"{parallel_mode} .")
        if not callable(network):
            raise DTypeError(f"For 'AutoParallel', the 'network' must be a Cell or a function, but got "
                             f"{type(network).__name__}.")
        self.network = network
        self._mode, self._stages = parallel_mode, 1

    def construct(self, *args: Any, **kwargs: Any) -> Any:
        return self.network(*args, **kwargs)

    def pipeline(self, stages: int = 1, output_broadcast: bool = False, interleave: bool = False,
                 scheduler: str = "1f1b") -> None:
        """Check, and keep, the number of stages, all of which are here."""
        for name, value, kind in (("stages", stages, int), ("output_broadcast", output_broadcast, bool),
                                  ("interleave", interleave, bool), ("scheduler", scheduler, str)):
            if type(value) is not kind:
                raise DTypeError(f"For 'AutoParallel.pipeline', the argument '{name}' must be {kind.__name__} type, "
                                 f"but got the type : {type(value)}.")
        if stages <= 0:
            raise ArgumentError("For 'AutoParallel.pipeline', the argument 'stages' must be larger than zero, but got "
                                f"value: {stages}.")
        if scheduler not in _SCHEDULERS:
            raise ArgumentError("For 'AutoParallel.pipeline', the argument 'scheduler' must be "
                                f"{'/'.join(map(repr, _SCHEDULERS))} , but got the value : {scheduler}.")
        self._stages = stages

    def get_pipeline_stages(self) -> int:
        """The number of stages that ``pipeline`` was given."""
        return self._stages

    def dataset_strategy(self, config: Any) -> None:
        """Check how data would be cut: 'full_batch', 'data_parallel', or a tuple of tuples or Layouts."""
        if config is None:
            raise ArgumentError("dataset_strategy can't be None.")
        if isinstance(config, str):
            if config not in ("full_batch", "data_parallel"):
                raise ArgumentError("For 'AutoParallel.dataset_strategy', the argument 'config' must be 'full_batch' "
                                    f"or 'data_parallel', but got the value : {config}.")
            return
        if not isinstance(config, tuple):
            raise DTypeError("For 'AutoParallel.dataset_strategy', the argument 'config' must be str or tuple type, "
                             f"but got the type : {type(config)}.")
        if not all(isinstance(e, Layout) or isinstance(e, tuple) and all(type(n) is int for n in e) for e in config):
            raise DTypeError("For 'AutoParallel.dataset_strategy', the elements of 'config' must be tuples of int, or "
                             f"Layouts, but got {config}.")

    def hsdp(self, shard_size: int = -1, threshold: int = 64, optimizer_level: str = "level1") -> None:
        """Check how the optimizer would be cut."""
        if type(shard_size) is not int or shard_size <= 0 and shard_size != -1:
            raise ArgumentError(f"shard_size must be a positive integer or -1, but got {shard_size}.")
        if type(threshold) is not int or threshold < 0:
            raise ArgumentError(f"threshold must be a positive integer or 0, but got {threshold}.")
        levels = ["level1", "level2", "level3"]
        if optimizer_level not in levels:
            raise ArgumentError(f"Optimizer level should in {levels}, but got {optimizer_level}")

    def comm_fusion(self, config: dict[str, Any]) -> None:
        """Check how messages would be joined."""
        if not isinstance(config, dict):
            raise DTypeError(f"The parameter '{config}' must be {dict}, but got {type(config)}.")

    def transformer_opt(self, file_path: str | None) -> None:
        """Accepted; a file that is named must exist."""
        if file_path is not None and not isinstance(file_path, str):
            raise DTypeError(f"the argument 'file_path' must be str, but got the type : {type(file_path)} .")
        if file_path is not None and not os.path.isfile(file_path):
            raise ArgumentError(f"For 'ascend_config', the path to parallel_speed_up_json: {file_path} does not exist, "
                                "please check whether the 'parallel_speed_up_json_path' is correct.")


def _accepting(name: str) -> Callable:
    def method(self: AutoParallel) -> None:
        return None

    method.__name__, method.__doc__ = name, "Accepted; it changes nothing on one device."
    return method


def _with_path(name: str, absolute: bool) -> Callable:
    def method(self: AutoParallel, file_path: str) -> None:
        if not isinstance(file_path, str):
            raise DTypeError(f"the argument 'file_path' must be str, but got the type : {type(file_path)} .")
        if absolute and not os.path.isabs(file_path):
            raise UnknownNameError("the argument 'file_path' must be an absolute path.")
        if absolute and not file_path.endswith(".json"):
            raise UnknownNameError("File type must be .json")

    method.__name__, method.__doc__ = name, "Check the name; no file is read or written, as nothing is cut."
    return method


for _name in ("disable_gradient_fp32_sync disable_loss_repeated_mean disable_strategy_file_only_for_trainable_params "
              "enable_device_local_norm enable_fp32_communication enable_gradients_mean no_init_parameters_in_compile "
              "print_local_norm").split():
    setattr(AutoParallel, _name, _accepting(_name))
for _name in ("dump_local_norm load_param_strategy_file save_param_strategy_file set_group_ckpt_save_file "
              "load_operator_strategy_file save_operator_strategy_file").split():
    setattr(AutoParallel, _name, _with_path(_name, "operator" in _name))
