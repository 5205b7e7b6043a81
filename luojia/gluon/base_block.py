"""Block: a layer or network with parameters and child Blocks, and how they are named."""

from __future__ import annotations

import itertools
import re
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from .._src.core.naming import NameManager, Prefix
from .._src.formats import ndarray_list
from ..util import is_np_shape
from .loaded import load_all
from .parameter import Parameter, ParameterDict
from .utils import HookHandle, _brief_print_list, _indent

_scopes = threading.local()


class _BlockScope:
    """A ``with`` block in which new Blocks are children of one Block: ``<its prefix><kind><number>_``.

    Entering it also makes symbols take the Block's prefix. An empty prefix scopes nothing.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._names = Prefix(block.prefix)

    @staticmethod
    def create(prefix: str | None, params: ParameterDict | None, hint: str) -> tuple[str, ParameterDict]:
        """The full prefix and the ParameterDict of a Block made here."""
        parent: Block | None = getattr(_scopes, "current", None)
        if parent is None:
            if prefix is None:
                prefix = NameManager.current().get(None, hint) + "_"
            return prefix, ParameterDict(prefix) if params is None else ParameterDict(params.prefix, params)
        if prefix is None:
            number = parent._child_counts.get(hint, 0)
            parent._child_counts[hint] = number + 1
            prefix = f"{hint}{number}_"
        full = parent.prefix + prefix
        if params is None:
            return full, ParameterDict(parent.params.prefix + prefix, parent.params._shared)
        return full, ParameterDict(params.prefix, params)

    def __enter__(self) -> _BlockScope:
        if not self._block._empty_prefix:
            self._outer = getattr(_scopes, "current", None)
            _scopes.current = self._block
            self._names.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if not self._block._empty_prefix:
            _scopes.current = self._outer
            self._names.__exit__(*error)


class Block:
    """Base class of layers and networks: a subclass gives ``forward(*args)``.

    Blocks and Parameters assigned as attributes are registered.

    Args:
        prefix: put before the names of parameters and children; made of the class's name and a number if not given.
        params: the parameters of another Block, to share them.

    >>> from luojia import nd
    >>> from luojia.gluon import Block, nn
    >>> class Net(Block):
    ...     def __init__(self, **kwargs):
    ...         super().__init__(**kwargs)
    ...         with self.name_scope():
    ...             self.hidden = nn.Dense(4, in_units=3)
    ...     def forward(self, x):
    ...         return nd.relu(self.hidden(x))
    >>> net = Net(prefix="net_")
    >>> net.initialize()
    >>> net(nd.ones((2, 3))).shape, list(net.collect_params())
    ((2, 4), ['net_dense0_weight', 'net_dense0_bias'])
    """

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        self._empty_prefix = prefix == ""
        self._prefix, self._params = _BlockScope.create(prefix, params, self._alias())
        self._name = self._prefix[:-1] if self._prefix.endswith("_") else self._prefix
        self._child_counts: dict[str, int] = {}
        self._children: OrderedDict[str, Any] = OrderedDict()
        self._reg_params: dict[str, Parameter] = {}
        self._forward_hooks: dict[int, Callable] = OrderedDict()
        self._forward_pre_hooks: dict[int, Callable] = OrderedDict()

    def _alias(self) -> str:
        return type(self).__name__.lower()

    def __repr__(self) -> str:
        lines = [
            f"  ({key}): {_indent(repr(block), 2)}" for key, block in self.__dict__.items() if isinstance(block, Block)
        ]
        return "{}(\n{}\n)".format(type(self).__name__, "\n".join(lines))

    def __setattr__(self, name: str, value: Any) -> None:
        existing = self.__dict__.get(name)
        if isinstance(existing, (Parameter, Block)) and not isinstance(value, type(existing)) and not isinstance(
            existing, type(value)
        ):
            raise TypeError(
                f"Changing attribute type for {name} from {type(existing)} to {type(value)}is not allowed."
            )
        if isinstance(value, (Block, Parameter)):
            self._need_init()
        if isinstance(value, Block):
            self.register_child(value, name)
        elif isinstance(value, Parameter):
            assert self._reg_params.get(name) in (None, value), (
                f"Overriding Parameter attribute {name} is not allowed. If you want to share parameters between "
                "blocks, please set 'params' at Block construction instead."
            )
            self._reg_params[name] = value
        super().__setattr__(name, value)

    # -- names and parameters --------------------------------------------------------------------------------------

    @property
    def prefix(self) -> str:
        """What the names of the Block's parameters and children begin with."""
        return self._prefix

    @property
    def name(self) -> str:
        """The prefix without its last underscore."""
        return self._name

    @property
    def params(self) -> ParameterDict:
        """The Block's own parameters, without its children's."""
        return self._params

    @property
    def _scope(self) -> _BlockScope:
        return _BlockScope(self)

    def _need_init(self) -> None:
        if "_children" not in self.__dict__:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '_children': call "
                                 f"super().__init__() at the start of {type(self).__name__}.__init__.")

    def name_scope(self) -> _BlockScope:
        """A ``with`` block in which children are named after this Block."""
        self._need_init()
        return _BlockScope(self)

    def collect_params(self, select: str | None = None) -> ParameterDict:
        """The parameters of the Block and all its children, those whose names match the regular expression
        ``select`` if it is given.

        >>> from luojia.gluon import nn
        >>> list(nn.Dense(2, prefix="d_").collect_params(".*bias"))
        ['d_bias']
        """
        self._warn_of_containers()
        found = ParameterDict(self._params.prefix)
        if select is None:
            found.update(self.params)
        else:
            pattern = re.compile(select)
            found._params.update({name: p for name, p in self.params.items() if pattern.match(name)})
        for child in self._children.values():
            found.update(child.collect_params(select=select))
        return found

    def trainable_params(self) -> list[Parameter]:
        """The parameters that have gradients: what a ``GradOperation(get_by_list=True)`` without weights takes."""
        return [p for p in self.collect_params().values() if p.grad_req != "null"]

    def _check_container_with_block(self) -> None:
        self._warn_of_containers()

    def _warn_of_containers(self) -> None:
        known = set(map(id, self._children.values()))
        for key, value in self.__dict__.items():
            if isinstance(value, (list, tuple, dict)) and not key.startswith("__") and key != "_children":
                if any(id(block) not in known for block in _blocks_in(value)):
                    warnings.warn(
                        f'"{type(self).__name__}.{key}" is an unregistered container with Blocks. Note that Blocks '
                        "inside the list, tuple or dict will not be registered automatically. Make sure to register "
                        "them using register_child() or switching to nn.Sequential/nn.HybridSequential instead. ",
                        stacklevel=3,
                    )

    def _collect_params_with_prefix(self, prefix: str = "") -> dict[str, Parameter]:
        """The parameters by structural name, as ``0.weight``."""
        if prefix:
            prefix += "."
        found = {prefix + key: p for key, p in self._reg_params.items()}
        for name, child in self._children.items():
            found.update(child._collect_params_with_prefix(prefix + name))
        return found

    def register_child(self, block: Block, name: str | None = None) -> None:
        """Make ``block`` a child, under ``name`` or its number."""
        self._children[str(len(self._children)) if name is None else name] = block

    def initialize(self, init: Any = None, ctx: Any = None, verbose: bool = False, force_reinit: bool = False) -> None:
        """Initialize all parameters: ``collect_params().initialize(...)``.

        Args:
            init: for parameters without an initializer of their own; ``Uniform()`` if not given.
            ctx: a device or a list of devices.
            verbose: log how each was initialized.
            force_reinit: also those that have values.
        """
        self.collect_params().initialize(init, ctx, verbose, force_reinit)

    def cast(self, dtype: Any) -> None:
        """Change the dtype of all parameters."""
        for child in self._children.values():
            child.cast(dtype)
        for parameter in self.params.values():
            parameter.cast(dtype)

    def apply(self, fn: Callable[[Block], Any]) -> Block:
        """Call ``fn`` on every child, then on the Block itself."""
        for child in self._children.values():
            child.apply(fn)
        fn(self)
        return self

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Hybridize the HybridBlocks among the children."""
        for child in self._children.values():
            child.hybridize(active, **kwargs)

    # -- saving ----------------------------------------------------------------------------------------------------

    def save_parameters(self, filename: str, deduplicate: bool = False) -> None:
        """Write all parameters to a file under their structural names (``0.weight``).

        Args:
            filename: the file.
            deduplicate: write a parameter that several Blocks share once.
        """
        named = self._collect_params_with_prefix()
        if deduplicate:
            named = {name: p for p, name in {p: name for name, p in named.items()}.items()}
        ndarray_list.save(filename, {name: p._reduce() for name, p in named.items()}, np_shape=is_np_shape() or None)

    def load_parameters(self, filename: str, ctx: Any = None, allow_missing: bool = False, ignore_extra: bool = False,
                        cast_dtype: bool = False, dtype_source: str = "current") -> None:
        """Read parameters that ``save_parameters``, ``export`` or ``collect_params().save`` wrote.

        Args:
            filename: the file.
            ctx: where to put parameters that have no device yet; the first CPU if not given.
            allow_missing: leave parameters that the file lacks.
            ignore_extra: leave values that no parameter has the name of.
            cast_dtype: cast values of another dtype: to the parameter's, or with ``dtype_source='saved'`` the
                parameter to the file's.

        Raises:
            AssertionError: a parameter lacks, or has another shape or dtype.
            ValueError: the file holds a parameter too many.
        """
        named = self._collect_params_with_prefix()
        loaded = ndarray_list.load(filename)
        if not loaded and not named:
            return
        assert isinstance(loaded, dict), f"{filename} holds a list of arrays without names, not parameters"
        full_names = {p.name for p in named.values()}
        by_name = any(k.startswith(("arg:", "aux:")) or k in full_names for k in loaded)
        if by_name or not any("." in k for k in loaded) and not set(loaded) & set(named):
            prefixed = by_name and any(k.removeprefix("arg:").removeprefix("aux:") in full_names for k in loaded)
            self.collect_params().load(filename, ctx, allow_missing, ignore_extra, "" if prefixed else self.prefix,
                                       cast_dtype, dtype_source)
            return
        same: dict[Parameter, list[str]] = {}
        for name, p in named.items():
            same.setdefault(p, []).append(name)
        if not allow_missing:
            for name, p in named.items():
                assert any(n in loaded for n in same[p]), (
                    f"Parameter '{name}' is missing in file '{filename}', which contains parameters: "
                    f"{_brief_print_list(loaded)}. Set allow_missing=True to ignore missing parameters."
                )
        for name in loaded:
            if name not in named and not ignore_extra:
                raise ValueError(
                    f"Parameter '{name}' loaded from file '{filename}' is not present in ParameterDict, which "
                    f"contains parameters {_brief_print_list(named)}. Set ignore_extra=True to ignore. "
                )
        load_all([(named[n], v) for n, v in loaded.items() if n in named], ctx, cast_dtype, dtype_source)

    def save(self, prefix: str) -> None:
        """Write the parameters to ``prefix-model.params``, and to ``prefix-model.json`` which Blocks there are and the
        graphs of hybridized ones."""
        from .model_files import save

        save(self, prefix)

    def load(self, prefix: str) -> None:
        """Read what ``save`` wrote of a Block made in the same way; what was hybridized is so again."""
        from .model_files import load

        load(self, prefix)

    def save_params(self, filename: str) -> None:
        """The old form of saving, by full name less the Block's prefix; use ``save_parameters``."""
        warnings.warn("save_params is deprecated. Please use save_parameters. Note that if you want load from "
                      "SymbolBlock later, please use export instead.", stacklevel=2)
        self.collect_params().save(filename, strip_prefix=self.prefix)

    def load_params(self, filename: str, ctx: Any = None, allow_missing: bool = False,
                    ignore_extra: bool = False) -> None:
        """``load_parameters`` under its old name."""
        warnings.warn("load_params is deprecated. Please use load_parameters.", stacklevel=2)
        self.load_parameters(filename, ctx, allow_missing, ignore_extra)

    # -- calling ---------------------------------------------------------------------------------------------------

    def register_forward_pre_hook(self, hook: Callable[[Block, tuple], Any]) -> HookHandle:
        """Call ``hook(block, inputs)`` before each forward."""
        handle = HookHandle()
        handle.attach(self._forward_pre_hooks, hook)
        return handle

    def register_forward_hook(self, hook: Callable[[Block, tuple, Any], Any]) -> HookHandle:
        """Call ``hook(block, inputs, outputs)`` after each forward."""
        handle = HookHandle()
        handle.attach(self._forward_hooks, hook)
        return handle

    def __call__(self, *args: Any) -> Any:
        if self._forward_pre_hooks:
            for hook in list(self._forward_pre_hooks.values()):
                hook(self, args)
        out = self.forward(*args)
        if self._forward_hooks:
            for hook in list(self._forward_hooks.values()):
                hook(self, args, out)
        return out

    def forward(self, *args: Any) -> Any:
        """Compute the outputs; subclasses override it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward; define forward(self, ...).")

    def summary(self, *inputs: Any) -> None:
        """Print the layers with their output shapes and numbers of parameters for these inputs."""
        from .summary import summarize

        summarize(self, inputs)


def _blocks_in(value: Any) -> Iterator[Block]:
    if isinstance(value, Block):
        yield value
    elif isinstance(value, (list, tuple)):
        yield from itertools.chain.from_iterable(map(_blocks_in, value))
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(_blocks_in, value.values()))
