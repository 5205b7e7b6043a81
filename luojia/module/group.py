"""A Module's executors as scripts that look inside one find them: ``module._exec_group.execs[0]``."""

from __future__ import annotations

from typing import Any


class ExecutorGroup:
    """The executors of a bound module, one for each device, and their arrays listed by name and device."""

    def __init__(self, module: Any) -> None:
        self.execs = module._executors
        self.contexts = module._context
        self.symbol = module.symbol
        self.slices = module._slices(module._batch_size())
        self.batch_size = module._batch_size()
        self.arg_names, self.param_names = module.symbol.list_arguments(), module._param_names
        self.aux_names, self.output_names = module._aux_names, module.output_names
        self.data_names, self.label_names = module.data_names, module.label_names
        self.fixed_param_names, self.state_names = module._fixed_param_names, module._state_names
        self.grad_req = module._requests
        self.data_shapes, self.label_shapes = module.data_shapes, module.label_shapes
        self.for_training, self.inputs_need_grad = module.for_training, module.inputs_need_grad

    def _columns(self, kind: str, names: list[str]) -> list[list]:
        return [[getattr(e, kind)[n] for e in self.execs] for n in names]

    @property
    def param_arrays(self) -> list[list]:
        return self._columns("arg_dict", self.param_names)

    @property
    def grad_arrays(self) -> list[list]:
        return self._columns("grad_dict", self.param_names) if self.for_training else []

    @property
    def aux_arrays(self) -> list[list]:
        return self._columns("aux_dict", self.aux_names)

    @property
    def input_grad_arrays(self) -> list[list]:
        return self._columns("grad_dict", [d.name for d in self.data_shapes]) if self.inputs_need_grad else []

    @property
    def data_arrays(self) -> list[list[tuple[slice, Any]]]:
        return self._sliced(self.data_shapes)

    @property
    def label_arrays(self) -> list[list[tuple[slice, Any]]] | None:
        return self._sliced(self.label_shapes) if self.label_shapes else None

    def _sliced(self, described: Any) -> list[list[tuple[slice, Any]]]:
        return [[(s, e.arg_dict[d.name]) for s, e in zip(self.slices, self.execs)] for d in described]
