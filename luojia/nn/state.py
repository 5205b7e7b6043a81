"""What a Module holds beside parameters: buffers; and its whole state as a dict of names."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._src.core.tensor import Tensor
from .._src.errors import DTypeError, GraphError
from .._src.ops import Parameter
from .custom import HookHandle

_EXTRA = "_extra_state"


class IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What ``load_state_dict`` did not find, and what it did not know."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"

    __str__ = __repr__


class StateMixin:
    """Buffers and state dicts of Module; see there."""

    _cells: OrderedDict[str, Any]
    _params: OrderedDict[str, Any]
    cells_and_names: Callable[..., Iterator[tuple[str, Any]]]

    def _start_state(self) -> None:
        values = self.__dict__
        values["_buffers"] = OrderedDict()
        values["_transient"] = set()  # buffers that are not saved
        for kind in ("_state_pre_hooks", "_state_hooks", "_load_pre_hooks", "_load_hooks"):
            values[kind] = {}

    # -- buffers -----------------------------------------------------------------------------------------------------

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Hold a Tensor that is no parameter under a name; it is written in place, as by ``self.name.copy_(value)``.

        Args:
            persistent: whether it is part of ``state_dict``.

        Raises:
            TypeError: the name is no string, or the value no Tensor.
            KeyError: the name is '', contains '.', or is an attribute that is no buffer.

        >>> from luojia import Tensor, nn
        >>> net = nn.Dense(2, 2)
        >>> net.register_buffer("steps", Tensor([0.0]))
        >>> [name for name, _ in net.named_buffers()]
        ['steps']
        """
        if not isinstance(name, str):
            raise DTypeError(f"buffer name should be a string.But got this type: {type(name)}")
        if "." in name:
            raise KeyError("buffer name can't contain \".\"")
        if not name:
            raise KeyError('buffer name can\'t be empty string ""')
        if name not in self._buffers and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise DTypeError(f"cannot assign '{type(tensor)}' object to buffer '{name}' (mindspore Tensor or None "
                             "required)")
        self._buffers[name] = self.__dict__[name] = tensor
        (self._transient.discard if persistent else self._transient.add)(name)

    _buffers: OrderedDict[str, Tensor | None]
    _transient: set[str]

    def _assign_over_buffer(self, name: str, value: Any) -> None:
        if value is not None:
            raise DTypeError(f"Buffer '{name}' already exists in network, can not assign this type: '{type(value)}' as "
                             f"a buffer; write into it, as by self.{name}.copy_(value).")
        self._buffers[name] = self.__dict__[name] = None

    def named_buffers(self, prefix: str = "", recurse: bool = True,
                      remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted paths."""
        seen: set[int] = set()
        for path, module in self.cells_and_names(name_prefix=prefix) if recurse else [(prefix, self)]:
            for name, tensor in module._buffers.items():
                if tensor is not None and not (remove_duplicate and id(tensor) in seen):
                    seen.add(id(tensor))
                    yield (f"{path}.{name}" if path else name), tensor

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers."""
        return (tensor for _, tensor in self.named_buffers(recurse=recurse))

    def get_sub_cell(self, target: str) -> Any:
        """The network at a dotted path; this one for ''."""
        found: Any = self
        for name in target.split(".") if target else ():
            if found._cells.get(name) is None:
                raise AttributeError(f"{type(found).__name__} has no attribute `{name}`")
            found = found._cells[name]
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a dotted path."""
        path, _, name = target.rpartition(".")
        cell = self.get_sub_cell(path)
        if not hasattr(cell, name):
            raise AttributeError(f"{type(cell).__name__} has no attribute `{name}`")
        if name not in cell._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return cell._buffers[name]

    # -- the whole state ---------------------------------------------------------------------------------------------

    def get_extra_state(self) -> Any:
        """What else belongs to the state; a subclass that defines it defines ``set_extra_state`` too."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_extra_state.")

    def set_extra_state(self, state: Any) -> None:
        """Take what ``get_extra_state`` gave."""
        raise NotImplementedError(f"{type(self).__name__} defines no set_extra_state.")

    def _own_state(self) -> dict[str, Any]:
        own: dict[str, Any] = {n: p for n, p in self._params.items() if p is not None}
        own.update((n, t) for n, t in self._buffers.items() if t is not None and n not in self._transient)
        return own

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """Parameters and buffers by their dotted paths: the objects themselves.

        Args:
            destination: the dict to fill; a new OrderedDict if not given.
            prefix: in front of every name.
            keep_vars: accepted; parameters are themselves in any case.

        >>> from luojia import nn
        >>> list(nn.SequentialCell(nn.Dense(2, 1)).state_dict())
        ['0.weight', '0.bias']
        """
        by_place = dict(zip(("destination", "prefix", "keep_vars"), args))
        destination, prefix = by_place.get("destination", destination), by_place.get("prefix", prefix)
        keep_vars = by_place.get("keep_vars", keep_vars)
        destination = OrderedDict() if destination is None else destination
        for hook in list(self._state_pre_hooks.values()):
            hook(self, prefix, keep_vars)
        for name, value in self._own_state().items():
            destination[prefix + name] = value
        if type(self).get_extra_state is not StateMixin.get_extra_state:
            destination[f"{prefix}{_EXTRA}"] = self.get_extra_state()
        for name, child in self._cells.items():
            if child is not None:
                child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in list(self._state_hooks.values()):
            if hook(self, destination, prefix, {}) is not None:
                raise GraphError("state_dict post-hook must return None; it may change the dict that it is given.")
        return destination

    _state_pre_hooks: dict
    _state_hooks: dict
    _load_pre_hooks: dict
    _load_hooks: dict

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Copy values into the parameters and buffers of their names.

        Args:
            strict: refuse names that are missing, or not known.

        Raises:
            TypeError: ``state_dict`` is no dict.
            RuntimeError: names (if ``strict``) or shapes do not fit; nothing is changed then.
        """
        if not isinstance(state_dict, Mapping):
            raise DTypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        given = OrderedDict(state_dict)
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        jobs: list[Callable[[], Any]] = []
        known: set[str] = set()
        self._plan_load(given, "", strict, missing, unexpected, errors, jobs, known)
        unexpected += [k for k in given if k not in known]
        if strict and unexpected:
            errors.insert(0, "Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{k}"' for k in unexpected)))
        if strict and missing:
            errors.insert(0, "Missing key(s) in state_dict: {}. ".format(", ".join(f'"{k}"' for k in missing)))
        if errors:
            raise RuntimeError("Error(s) in loading state_dict for {}:\n\t{}".format(
                type(self).__name__, "\n\t".join(errors)))
        for job in jobs:
            job()
        found = IncompatibleKeys(missing, unexpected)
        for _, cell in self.cells_and_names():
            for hook in list(cell._load_hooks.values()):
                hook(cell, found)
        return found

    def _plan_load(self, given: Any, prefix: str, strict: bool, missing: list, unexpected: list, errors: list,
                   jobs: list, known: set) -> None:
        """Gather what loading is to do, and what is in its way."""
        for hook in list(self._load_pre_hooks.values()):
            hook(self, given, prefix, {}, strict, missing, unexpected, errors)
        for name, target in self._own_state().items():
            key = prefix + name
            known.add(key)
            if key not in given:
                missing.append(key)
                continue
            value = given[key]
            if not isinstance(value, Tensor):
                errors.append(f'While copying the parameter named "{key}", expected a Tensor or Parameter from the '
                              f"state_dict but received {type(value)}.")
            elif value.shape != target.shape:
                errors.append(f"size mismatch for {key}: copying a param with shape {value.shape} from state_dict, the "
                              f"shape in current model is {target.shape}.")
            else:
                jobs.append(lambda target=target, value=value: _copy(target, value))
        if type(self).set_extra_state is not StateMixin.set_extra_state:
            key = f"{prefix}{_EXTRA}"
            known.add(key)
            if key in given:
                jobs.append(lambda: self.set_extra_state(given[key]))
            else:
                missing.append(key)
        for name, child in self._cells.items():
            if child is not None:
                child._plan_load(given, f"{prefix}{name}.", strict, missing, unexpected, errors, jobs, known)

    def _state_hook(self, kind: str, hook: Callable) -> HookHandle:
        hooks = self.__dict__[kind]
        handle = HookHandle(hooks)
        hooks[handle.id] = hook
        return handle

    def register_state_dict_pre_hook(self, hook: Callable) -> HookHandle:
        """Call ``hook(module, prefix, keep_vars)`` before each ``state_dict``."""
        return self._state_hook("_state_pre_hooks", hook)

    def register_state_dict_post_hook(self, hook: Callable) -> HookHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after each; it may change the dict in place."""
        return self._state_hook("_state_hooks", hook)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> HookHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)``
        before each ``load_state_dict``, which it may change."""
        return self._state_hook("_load_pre_hooks", hook)

    def register_load_state_dict_post_hook(self, hook: Callable) -> HookHandle:
        """Call ``hook(module, incompatible_keys)`` after each ``load_state_dict``."""
        return self._state_hook("_load_hooks", hook)


def _copy(target: Tensor, value: Tensor) -> None:
    if isinstance(target, Parameter):
        target.set_data(value if value.dtype == target.dtype else value.astype(target.dtype))
    else:
        target.copy_(value)


__all__ = ["IncompatibleKeys", "StateMixin"]
