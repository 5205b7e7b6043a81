"""Module (also called Cell): a network of parameters, child networks and a forward method."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Self

from .._src.core.compiled import Compiled, Mode
from .._src.core.given import is_operand, no_tensor
from .._src.core.kept import keeping
from .._src.core.structure import structure
from .._src.core.tape import state
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Parameter, ParameterTuple
from .compute import compute
from .custom import call_with_hooks
from .declared import DeclaredMixin
from .hooks import HooksMixin
from .modes import ModesMixin
from .state import StateMixin

_INSTEAD = {  # of what torch's users seek
    "parameters": " Use trainable_params(), or get_parameters() for all.", "train": " Use set_train().",
    "eval": " Use set_train(False).", "named_parameters": " Use parameters_and_names().",
}

_PREFIX = re.compile(r"[\w.-]*", re.ASCII)
_FORWARD = ("construct", "call", "forward")


class Module(StateMixin, DeclaredMixin, ModesMixin, HooksMixin):
    """The base class of all networks; ``nn.Cell`` is the same class.

    A subclass creates its parameters and children in ``__init__``, after ``super().__init__()``, and computes in
    ``call`` (or ``construct``, or ``forward``: one method under three names). A method
    ``bprop(self, *inputs, out, dout)`` replaces its gradient.

    Args:
        auto_prefix: whether parameters of children are named after them, as ``child.weight``.
        flags: see ``add_flags``.

    >>> from luojia import Parameter, Tensor, nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w = Parameter(Tensor([3.0]))
    ...     def call(self, x):
    ...         return self.w * x
    >>> net = Scale()
    >>> net(Tensor([2.0]))
    Tensor(shape=[1], dtype=Float32, value= [ 6.00000000e+00])
    >>> net.trainable_params()
    [Parameter (name=w, shape=(1,), dtype=Float32, requires_grad=True)]

    Matches ``mindspore.nn.Cell`` and ``luojianet_ms.nn.Module``.
    """

    _luojia_compiles = True  # whether GRAPH_MODE compiles it
    _luojia_batched = True  # whether its arguments are batches, of which several devices have parts
    _luojia_before_listing: Callable | None = None  # what brings parameters up to date that nothing computes with
    _recomputes = False  # whether backward computes again what it needs of the forward method
    _luojia_main = "construct"  # the name under which a subclass wrote its forward method
    _luojia_plain = True  # whether calling it is calling its forward method: no hooks, no bprop, no compute dtype
    _luojia_keeps = False  # whether it is plain but for keeping its runs for the gradients asked of it (set_grad)

    def __init__(self, auto_prefix: bool = True, flags: dict[str, Any] | None = None) -> None:
        values = self.__dict__
        values["_params"] = OrderedDict()
        values["_cells"] = OrderedDict()
        values["_auto_prefix"] = auto_prefix
        values["training"] = False
        values["requires_grad"] = False
        self._start_declared()
        values["_compute_dtype"] = values["_output_dtype"] = None
        for kind in ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks"):
            values[kind] = {}
        self._start_state()
        if flags:
            self.add_flags(**flags)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__mro__:
            if base is Module:
                break
            names = [n for n in _FORWARD if n in base.__dict__ and not _helps(n, base, cls)]
            if names:
                main = base.__dict__[names[0]]
                cls._luojia_forward, cls._luojia_main = main, names[0]
                if base is cls or not issubclass(base, Module):
                    for name in _FORWARD:
                        if name not in base.__dict__ and not _helps(name, base, cls):
                            setattr(cls, name, main)
                break
        if "bprop" in cls.__dict__:
            cls._luojia_plain = False

    # -- calling ---------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if Mode.graph and self._luojia_compiles and state.frame is None:
            return self._luojia_graph()(*args, **kwargs)
        if self._luojia_plain:
            try:
                return self._luojia_forward(*args, **kwargs)
            except AttributeError as e:
                if not type(self).__module__.startswith("luojia.") or all(map(is_operand, args)):
                    raise  # a program's own network says what it says
                raise no_tensor(type(self).__name__, e) from None
        return self._luojia_keeping(args, kwargs) if self._luojia_keeps else call_with_hooks(self, args, kwargs)

    def _luojia_is_plain(self) -> bool:
        """Whether a call is now one of the forward method and no more, which another may compute on the way."""
        return self._luojia_plain or self._luojia_keeps and state.recording

    def _luojia_is_relu(self) -> bool:
        """Whether a call is now that of the operator ReLU and no more."""
        return False

    def _luojia_rectified(self, x: Any) -> Any:
        """What this network and a ReLU after it give, by one operator; None where they run one after the other."""
        return None

    def _luojia_keeping(self, args: tuple, kwargs: dict) -> Any:
        """The call of a network marked by ``set_grad``."""
        try:
            if kwargs or state.recording or state.waiting is not None:
                return self._luojia_forward(*args, **kwargs)
            return keeping(self, self._luojia_forward, args)
        except AttributeError as e:
            if not type(self).__module__.startswith("luojia.") or all(map(is_operand, args)):
                raise
            raise no_tensor(type(self).__name__, e) from None

    def _luojia_graph(self) -> Compiled:
        """The network compiled, for GRAPH_MODE."""
        found = self.__dict__.get("_luojia_compiled")
        if found is None or found.fn.__self__ is not self:  # a shallow copy has its original's
            found = Compiled(self._luojia_eager, name=type(self).__name__, batched=self._luojia_batched,
                             settles=True)
            self.__dict__["_luojia_compiled"] = found
        return found

    def _luojia_eager(self, *args: Any, **kwargs: Any) -> Any:
        if self._luojia_plain:
            return self._luojia_forward(*args, **kwargs)
        return self._luojia_keeping(args, kwargs) if self._luojia_keeps else call_with_hooks(self, args, kwargs)

    def _luojia_forward(self, *args: Any, **kwargs: Any) -> Any:
        raise AttributeError(f"For '{type(self).__name__}', the method 'construct' is not defined; define "
                             "call(self, ...), construct or forward.")

    @property
    def _forward_method(self) -> Callable:
        """The function that computes, for who wants its signature."""
        return self._luojia_forward

    def _luojia_compute(self, args: tuple, kwargs: dict) -> Any:
        return compute(self, args, kwargs)

    # -- attributes ------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__
        found = values.get("_params")
        if found and name in found:
            return found[name]
        found = values.get("_cells")
        if found and name in found:
            return found[name]
        found = values.get("_buffers")
        if found and name in found:
            return found[name]
        raise AttributeError(f"The '{type(self).__name__}' object has no attribute '{name}'." + _INSTEAD.get(name, ""))

    def __setattr__(self, name: str, value: Any) -> None:
        values = self.__dict__
        if isinstance(value, Parameter):
            self._need_init("insert_param_to_cell")
            if name in values and name not in self._params and name not in self._cells:
                del values[name]  # a plain value gives way
            self.insert_param_to_cell(name, value)
        elif isinstance(value, ParameterTuple):
            self._need_init("insert_param_to_cell")
            for p in value:
                if isinstance(p, Parameter):
                    taken = self._params.get(p.name, p) is not p or p.name in values
                    self._params[f"{name}.{p.name}" if taken else p.name] = p
            values[name] = value
        elif isinstance(value, Module):
            self._need_init("insert_child_to_cell")
            if name in self._params:
                raise KeyError(f"For 'insert_child_to_cell', the {name} child cell already exists in the network. "
                               "Cannot insert another child cell with the same name.")
            if self._auto_prefix:
                value.update_parameters_name(name + ".")
            structure.version += 1
            values[name] = self._cells[name] = value
        elif name in values.get("_params", ()):
            self._assign_over_parameter(name, value)
        elif name in values.get("_cells", ()):
            if value is not None:
                raise DTypeError(f"Sub cell '{name}' already exists in network, can not assign this type: "
                                 f"'{type(value)}' as a cell.")
            values[name] = self._cells[name] = None
        elif name in values.get("_buffers", ()):
            self._assign_over_buffer(name, value)
        else:
            object.__setattr__(self, name, value)
            if name in ("construct", self._luojia_main):
                values["_luojia_forward"] = value

    def _assign_over_parameter(self, name: str, value: Any) -> None:
        if value is None:
            self.__dict__[name] = self._params[name] = None
        elif isinstance(value, Tensor) and self._params[name] is not None:
            self._params[name].set_data(value, slice_shape=True)
        else:
            raise DTypeError(f"Parameter '{name}' already exists in network, can not assign this type: "
                             f"'{type(value)}' as a parameter.")

    def __delattr__(self, name: str) -> None:
        structure.version += 1
        found = any([table.pop(name, None) is not None for table in (self._params, self._cells, self._buffers)])
        if name in self.__dict__:
            object.__delattr__(self, name)
        elif not found:
            raise AttributeError(f"The '{type(self).__name__}' object has no attribute '{name}'.")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._params, *self._cells})

    def _need_init(self, who: str) -> None:
        if "_params" not in self.__dict__:
            raise AttributeError(f"For '{who}', please call Module.__init__() first: write super().__init__() at the "
                                 f"start of {type(self).__name__}.__init__.")

    def insert_param_to_cell(self, param_name: str, param: Parameter | None,
                             check_name_contain_dot: bool = True) -> None:
        """Add a parameter under a name; an unnamed parameter takes it.

        Raises:
            KeyError: the name is '' or contains '.', or is an attribute.
            TypeError: the name is no string, or ``param`` no Parameter.
        """
        if param_name is not None and not isinstance(param_name, str):
            raise DTypeError(f"For 'insert_param_to_cell', the argument 'param_name' must be str, but got "
                             f"{type(param_name)}.")
        if not param_name:
            raise KeyError("For 'insert_param_to_cell', the argument 'param_name' should not be None.")
        if check_name_contain_dot and "." in param_name:
            raise KeyError("For 'insert_param_to_cell', the argument 'param_name' should not contain '.'.")
        taken = self.__dict__.get(param_name, self._cells.get(param_name))
        if param_name not in self._params and taken is not None:
            raise KeyError(f"For 'insert_param_to_cell', the {param_name} parameter already exists in the network. "
                           "Cannot insert another parameter with the same name.")
        if param is not None and not isinstance(param, Parameter):
            raise DTypeError(f"For 'insert_param_to_cell', the argument 'param' must be 'Parameter' if not None, but "
                             f"got {type(param)}.")
        if param is not None and param.has_default_name:
            param.name = param_name
        structure.version += 1
        self._params[param_name] = param
        if "." not in param_name:
            self.__dict__[param_name] = param

    def insert_child_to_cell(self, child_name: str, child_cell: Module) -> None:
        """Add a child network under a name.

        Raises:
            TypeError: the name is no string, or ``child_cell`` no Module.
            KeyError: the name is taken.
        """
        if not isinstance(child_name, str):
            raise DTypeError(f"For 'insert_child_to_cell', the type of parameter 'child_name' must be str, but got "
                             f"{type(child_name)}.")
        if not child_name or "." in child_name:
            raise KeyError("For 'insert_child_to_cell', the argument 'child_name' should not be None and should not "
                           "contain '.'.")
        if child_cell is not None and not isinstance(child_cell, Module):
            raise DTypeError(f"For 'insert_child_to_cell', the argument 'child_cell' must be 'Cell' if not None, but "
                             f"got type {type(child_cell)}.")
        if child_name not in self._cells and hasattr(self, child_name):
            raise KeyError(f"For 'insert_child_to_cell', the {child_name} child cell already exists in the network. "
                           "Cannot insert another child cell with the same name.")
        structure.version += 1
        self._cells[child_name] = child_cell
        if child_name in self.__dict__:
            self.__dict__[child_name] = child_cell

    # -- what it holds ---------------------------------------------------------------------------------------------

    def cells_and_names(self, cells: set | None = None, name_prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This network and all below it, each object once and none of ``cells``, with their dotted names."""
        seen = cells if cells is not None else set()
        if self in seen:
            return
        seen.add(self)
        yield name_prefix, self
        for name, child in self._cells.items():
            if child is not None:
                yield from child.cells_and_names(seen, f"{name_prefix}.{name}" if name_prefix else name)

    def cells(self) -> Any:
        """The immediate children."""
        return self.name_cells().values()

    def name_cells(self) -> OrderedDict[str, Module]:
        """The immediate children by name, each object once."""
        seen: set[int] = set()
        out: OrderedDict[str, Module] = OrderedDict()
        for name, child in self._cells.items():
            if child is not None and id(child) not in seen:
                seen.add(id(child))
                out[name] = child
        return out

    def parameters_and_names(self, name_prefix: str = "", expand: bool = True) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted paths: its own, then its children's, each object once."""
        seen: set[int] = set()
        for prefix, module in self.cells_and_names(name_prefix=name_prefix) if expand else [(name_prefix, self)]:
            if module._luojia_before_listing is not None:
                module._luojia_before_listing()
            for name, p in module._params.items():
                if p is not None and id(p) not in seen:
                    seen.add(id(p))
                    yield (f"{prefix}.{name}" if prefix else name), p

    def get_parameters(self, expand: bool = True) -> Iterator[Parameter]:
        """The parameters, of children too unless ``expand`` is False."""
        return (p for _, p in self.parameters_and_names(expand=expand))

    def trainable_params(self, recurse: bool = True) -> list[Parameter]:
        """The parameters with ``requires_grad``."""
        return [p for p in self.get_parameters(recurse) if p.requires_grad]

    def untrainable_params(self, recurse: bool = True) -> list[Parameter]:
        """The parameters without ``requires_grad``."""
        return [p for p in self.get_parameters(recurse) if not p.requires_grad]

    def parameters_dict(self, recurse: bool = True) -> OrderedDict[str, Parameter]:
        """The parameters by their names."""
        return OrderedDict((p.name, p) for p in self.get_parameters(recurse))

    parameters_broadcast_dict = parameters_dict

    def update_parameters_name(self, prefix: str = "", recurse: bool = True) -> None:
        """Name every parameter by ``prefix`` and its path; '' gives the path alone.

        >>> from luojia import nn
        >>> net = nn.SequentialCell(nn.Dense(2, 3))
        >>> net.update_parameters_name("head.")
        >>> [p.name for p in net.get_parameters()]
        ['head.0.weight', 'head.0.bias']

        Raises:
            TypeError, ValueError: a prefix that is no string, or has other characters than letters, digits, '_-.'.
        """
        if not isinstance(prefix, str):
            raise DTypeError(f"For 'update_parameters_name', the argument 'prefix' must be str, but got "
                             f"{type(prefix).__name__}.")
        if not _PREFIX.fullmatch(prefix):
            raise ArgumentError(f"The '{prefix}' is illegal, it must match {_PREFIX.pattern}.")
        for name, p in self.parameters_and_names(expand=recurse):
            p.name = prefix + name

    def check_names(self) -> None:
        """Raise ValueError where two parameters have one name."""
        names: set[str] = set()
        for path, p in self.parameters_and_names():
            if p.name in names:
                raise ArgumentError(f"The value of {p} is {path}: its name '{p.name}' already exists in this network; "
                                    "rename it.")
            names.add(p.name)

    def init_parameters_data(self, auto_parallel_mode: bool = False) -> dict[Parameter, Parameter]:
        """Every parameter with itself: luojia's are initialized when they are made."""
        return {p: p for p in self.get_parameters()}

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call ``fn`` on every network below, then on this one."""
        for child in self.cells():
            child.apply(fn)
        fn(self)
        return self

    # -- printing --------------------------------------------------------------------------------------------------

    def extend_repr(self) -> str:
        """What a subclass adds to its ``repr``."""
        return ""

    def __repr__(self) -> str:
        extra = self.extend_repr()
        if not self._cells and "\n" not in extra:
            return f"{type(self).__name__}({extra})"
        lines = [*([extra] if extra else []), *(f"({name}): {child!r}" for name, child in self._cells.items())]
        inner = "\n".join(lines).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {inner}\n)"


def _helps(name: str, base: type, cls: type) -> bool:
    """Whether a class further up has, under this name, a method of its own beside its forward method."""
    for above in cls.__mro__[cls.__mro__.index(base) + 1 :]:
        if above is Module:
            break
        if name in above.__dict__:
            own = above.__dict__
            return own[name] is not own.get("_luojia_forward", own[name])
    return False


Cell = Module
