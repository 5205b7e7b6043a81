"""What a monitor sees of an executor's backward: the gradients that each operator hands to its inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from .symbol import Entry, SymNode
from .symbol_names import OPERATIONS

_HANDED_ON = {name for name, (face, place) in OPERATIONS.items() if face == "broadcast_add" and place is None}


class Passage:
    """The operators of one forward, with the arrays that went in, as ``CachedGraph`` shows them to a watcher."""

    def __init__(self) -> None:
        self._seen: list[tuple[SymNode, list]] = []
        self._uses: Counter = Counter()

    def note(self, node: SymNode, values: list) -> None:
        taken = [v if a.__class__ is Entry else None for a, v in zip(node.args, values)]
        self._seen.append((node, taken))
        self._uses.update([v._node for v in taken if v is not None and v._node is not None])

    def wanted(self) -> set:
        """The nodes of the tape whose gradients a backward is to tell."""
        return {n for n in self._uses if n.op is not None}

    def gradients(self, found: Mapping[Any, Any]) -> Iterator[tuple[str, Any, Any]]:
        """(name, array, gradient), the last operator first; of arrays that one operator uses, and that have gradients.

        A gradient of None stands for zeros. Sums hand their gradient on, and are left out, as in MXNet.
        """
        for node, taken in reversed(self._seen):
            if node.kind in _HANDED_ON:
                continue
            inputs = [taken[i] for i in node.order if node.args[i].__class__ is Entry]
            for i, v in enumerate(inputs):
                if v is not None and v._node is not None and self._uses[v._node] == 1:
                    name = f"{node.name}_backward_output" + (str(i) if len(inputs) > 1 else "")
                    yield name, v, found.get(v._node)
