"""The operators. Importing this package registers all of them: every module here is one family."""

import importlib
import pkgutil

from ..core.parameter import Parameter, ParameterTuple
from ..core.tensor import Tensor

for _module in pkgutil.iter_modules(__path__):
    if _module.name != "methods":
        importlib.import_module(f".{_module.name}", __name__)
importlib.import_module(".methods", __name__)  # Tensor's methods, made of the operators

__all__ = ["Parameter", "ParameterTuple", "Tensor"]
