"""Networks under MindSpore's names."""

from .containers import CellDict, CellList, SequentialCell
from .module import Cell, Module

__all__ = ["Cell", "CellDict", "CellList", "Module", "SequentialCell"]
