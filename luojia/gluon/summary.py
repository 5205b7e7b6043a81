"""The table that ``Block.summary`` prints."""

from __future__ import annotations

from typing import Any

from .._src.core.tape import recording_scope
from .._src.core.tensor import Tensor
from .base_block import Block
from .hybrid_block import HybridBlock


def _shape_text(args: Any) -> str:
    """Shapes of nested Tensors, a single one without its brackets."""

    def shapes(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value.shape
        return [shapes(v) for v in value] if isinstance(value, (list, tuple)) else value

    found = shapes(args)
    if isinstance(found, list):
        return str(found[0]) if len(found) == 1 else "[" + ", ".join(map(str, found)) + "]"
    return str(found)


def summarize(block: Block, inputs: tuple) -> None:
    """Run ``block`` on ``inputs`` and print a line per layer: kind, output shape, parameters."""
    from .nn import HybridSequential, Sequential

    layers: list[Block] = []
    block.apply(layers.append)
    for layer in layers:
        if isinstance(layer, HybridBlock):
            assert not layer._active, f'"{layer.name}" must not be hybridized to print summary.'
    with recording_scope(False, False):
        if any([p._data is None for p in block.collect_params().values()]):
            block(*inputs)  # finishes deferred initialization, whose tracing would call the hooks
        rows: list[tuple[str, str, int]] = [("Input", _shape_text(inputs), 0)]
        seen: set[Any] = set()
        count = {"total": 0, "trainable": 0, "shared": 0}

        def note(layer: Block, args: tuple, out: Any) -> None:
            params = 0
            for p in layer.params.values():
                size = p.data().size if p._data is not None and len(p._data) == 1 else p.leaves()[0].size
                params += size
                count["total"] += size
                count["trainable"] += 0 if p.grad_req == "null" else size
                if p in seen:
                    count["shared"] += size
                seen.add(p)
            rows.append((f"{type(layer).__name__}-{len(rows)}", _shape_text(out), params))

        # As in mxnet, a Sequential has no line of its own.
        listed = [layer for layer in layers if not isinstance(layer, (Sequential, HybridSequential))]
        handles = [layer.register_forward_hook(note) for layer in listed]
        try:
            block(*inputs)
        finally:
            for handle in handles:
                handle.detach()
    print("-" * 80)
    print(f"{'Layer (type)':>20}  {'Output Shape':>42} {'Param #':>15}")
    print("=" * 80)
    for kind, shape, params in rows:
        print(f"{kind:>20}  {shape:>42} {params:>15}")
    print("=" * 80)
    print("Parameters in forward computation graph, duplicate included")
    print(f"   Total params: {count['total']}")
    print(f"   Trainable params: {count['trainable']}")
    print(f"   Non-trainable params: {count['total'] - count['trainable']}")
    print(f"Shared params in forward computation graph: {count['shared']}")
    print(f"Unique parameters in model: {count['total'] - count['shared']}")
    print("-" * 80)
