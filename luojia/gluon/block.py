"""Blocks: the base classes of layers and networks."""

from .base_block import Block
from .hybrid_block import HybridBlock
from .symbol_block import SymbolBlock

__all__ = ["Block", "HybridBlock", "SymbolBlock"]
