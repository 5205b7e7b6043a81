"""ParameterDict: the parameters of a Block by name."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from .. import initializer
from .._src.formats import ndarray_list
from ..util import is_np_shape
from .loaded import load_all
from .parameter import Constant, Parameter
from .utils import _brief_print_list, _indent

_NAMING = ("For more info on naming, please see https://mxnet.io/api/python/docs/tutorials/packages/gluon/blocks/"
           "naming.html")


class ParameterDict:
    """Parameters by full name, under a common prefix.

    Args:
        prefix: put before the names that ``get`` is given.
        shared: another ParameterDict, whose parameters ``get`` finds.

    >>> from luojia import gluon
    >>> net = gluon.nn.Dense(2, in_units=3, prefix="fc_")
    >>> params = net.collect_params()
    >>> list(params), params["fc_weight"].shape
    (['fc_weight', 'fc_bias'], (2, 3))
    """

    def __init__(self, prefix: str = "", shared: ParameterDict | None = None) -> None:
        self._prefix = prefix
        self._params: dict[str, Parameter] = {}
        self._shared = shared

    def __repr__(self) -> str:
        name = self._prefix + " " if self._prefix else ""
        content = "\n".join(_indent(f"  {p}", 2) for p in self.values())
        return f"{name}(\n{content}\n)"

    def __getitem__(self, key: str) -> Parameter:
        return self._params[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def __contains__(self, key: object) -> bool:
        return key in self._params

    def items(self) -> ItemsView[str, Parameter]:
        return self._params.items()

    def keys(self) -> KeysView[str]:
        return self._params.keys()

    def values(self) -> ValuesView[Parameter]:
        return self._params.values()

    @property
    def prefix(self) -> str:
        """The prefix of the names."""
        return self._prefix

    def _find(self, name: str) -> Parameter | None:
        found = self._params.get(name)
        if found is None and self._shared is not None:
            found = self._shared._params.get(name)
            if found is not None:
                self._params[name] = found
        return found

    def get(self, name: str, **kwargs: Any) -> Parameter:
        """The parameter ``prefix + name``, made with ``kwargs`` if it is not there.

        Raises:
            AssertionError: it is there, and differs from ``kwargs``.
        """
        name = self._prefix + name
        found = self._find(name)
        if found is None:
            found = self._params[name] = Parameter(name, **kwargs)
            return found
        for key, value in kwargs.items():
            stored = getattr(found, key, None)
            if stored is None:
                setattr(found, key, value)
            elif key == "shape":
                merged = _merge(stored, (value,) if isinstance(value, int) else tuple(value))
                if merged is None:
                    raise _conflict(name, key, value, stored)
                found._shape = merged
            elif value is not None and not _same(key, value, stored):
                raise _conflict(name, key, value, stored)
        return found

    def get_constant(self, name: str, value: Any = None) -> Constant:
        """The Constant ``prefix + name``, made of ``value`` if it is not there."""
        name = self._prefix + name
        found = self._find(name)
        if found is None:
            if value is None:
                raise KeyError(
                    f"No constant named '{name}'. Please specify value if you want to create a new constant."
                )
            found = self._params[name] = Constant(name, value)
            return found
        assert isinstance(found, Constant), (
            f"Parameter '{name}' already exists but it is not a constant, so it cannot be had as one."
        )
        if value is not None:
            made = Constant(name, value)
            assert made.shape == found.shape and (made.value.asnumpy() == found.value.asnumpy()).all(), (
                f"Constant '{name}' already exists but its value doesn't match new value"
            )
        return found

    def update(self, other: Mapping[str, Any] | ParameterDict) -> None:
        """Take the parameters of a dictionary; a different one of the same name raises AssertionError."""
        for name, parameter in other.items():
            if name in self._params:
                assert self._params[name] is parameter, (
                    "Cannot update self with other because they have different Parameters with the same name "
                    f"'{name}'"
                )
        self._params.update(other.items())

    def initialize(self, init: Any = None, ctx: Any = None, verbose: bool = False, force_reinit: bool = False) -> None:
        """Initialize all parameters, by their own initializers or by ``init`` (``Uniform()`` if not given)."""
        init = initializer.Uniform() if init is None else init
        if verbose:
            init.set_verbosity(verbose=verbose)
        for parameter in self.values():
            parameter.initialize(None, ctx, init, force_reinit=force_reinit)

    def zero_grad(self) -> None:
        """Set all gradients to zero."""
        for parameter in self.values():
            parameter.zero_grad()

    def reset_ctx(self, ctx: Any) -> None:
        """Move all parameters to other devices."""
        for parameter in self.values():
            parameter.reset_ctx(ctx)

    def list_ctx(self) -> list:
        """The devices of the parameters."""
        return list(dict.fromkeys(ctx for p in self.values() for ctx in p.list_ctx()))

    def setattr(self, name: str, value: Any) -> None:
        """Set an attribute of all parameters, as in ``params.setattr('grad_req', 'null')``."""
        for parameter in self.values():
            setattr(parameter, name, value)

    def save(self, filename: str, strip_prefix: str = "") -> None:
        """Write all parameters to a file, by full name less ``strip_prefix``."""
        arrays = {}
        for parameter in self.values():
            if not parameter.name.startswith(strip_prefix):
                raise ValueError(
                    f"Prefix '{strip_prefix}' is to be striped before saving, but Parameter's name "
                    f"'{parameter.name}' does not start with '{strip_prefix}'. this may be due to your Block shares "
                    "parameters from other Blocks or you forgot to use 'with name_scope()' when creating child "
                    f"blocks. {_NAMING}"
                )
            arrays[parameter.name[len(strip_prefix):]] = parameter._reduce()
        ndarray_list.save(filename, arrays, np_shape=is_np_shape() or None)

    def load(self, filename: str, ctx: Any = None, allow_missing: bool = False, ignore_extra: bool = False,
             restore_prefix: str = "", cast_dtype: bool = False, dtype_source: str = "current") -> None:
        """Read parameters from a file that ``save`` or ``export`` wrote; ``restore_prefix`` goes before its names."""
        for name in self.keys() if restore_prefix else ():
            assert name.startswith(restore_prefix), (
                f"restore_prefix is '{restore_prefix}' but Parameters name '{name}' does not start with "
                f"'{restore_prefix}'. {_NAMING}"
            )
        loaded = ndarray_list.load(filename) or {}  # a file without arrays is that of a network without parameters
        assert isinstance(loaded, dict), f"{filename} holds a list of arrays without names, not parameters"
        self.load_dict(loaded, ctx, allow_missing, ignore_extra, restore_prefix, filename, cast_dtype, dtype_source)

    def load_dict(self, param_dict: dict[str, Any], ctx: Any = None, allow_missing: bool = False,
                  ignore_extra: bool = False, restore_prefix: str = "", filename: str | None = None,
                  cast_dtype: bool = False, dtype_source: str = "current") -> None:
        """Take values from a dict; nothing is loaded where a parameter lacks or is too many."""
        where = f"file: {filename}" if filename else "param_dict"
        values = {restore_prefix + (k[4:] if k.startswith(("arg:", "aux:")) else k): v for k, v in param_dict.items()}
        if not allow_missing:
            for name in self.keys():
                assert name in values, (
                    f"Parameter '{name[len(restore_prefix):]}' is missing in {where}, which contains parameters: "
                    f"{_brief_print_list(values)}. Please make sure source and target networks have the same prefix. "
                    f"{_NAMING}"
                )
        for name in values:
            if name not in self._params:
                assert ignore_extra, (
                    f"Parameter '{name[len(restore_prefix):]}' loaded from {where} is not present in ParameterDict, "
                    f"choices are: {_brief_print_list(self.keys())}. Set ignore_extra to True to ignore. Please make "
                    f"sure source and target networks have the same prefix. {_NAMING}"
                )
        load_all([(self._params[n], v) for n, v in values.items() if n in self._params], ctx, cast_dtype, dtype_source)


def _merge(stored: tuple, given: tuple) -> tuple | None:
    """Two shapes with unknown sizes as one; None where they differ."""
    if len(stored) != len(given):
        return None
    merged = []
    for a, b in zip(stored, given):
        if a not in (0, -1) and b not in (0, -1) and a != b:
            return None
        merged.append(b if a in (0, -1) else a)
    return tuple(merged)


def _same(key: str, value: Any, stored: Any) -> bool:
    if key == "dtype":
        from .._src.core.dtypes import to_numpys

        return to_numpys(value) == to_numpys(stored)
    return value == stored


def _conflict(name: str, key: str, value: Any, stored: Any) -> AssertionError:
    return AssertionError(
        f"Cannot retrieve Parameter '{name}' because desired attribute does not match with stored for attribute "
        f"'{key}': desired '{value}' vs stored '{stored}'."
    )
