"""Made by `python -m tools.stubs` from the operators' tables; do not edit."""

from luojia.module import *
from luojia.module import base_module as base_module
from luojia.module import bucketing_module as bucketing_module
from luojia.module import executor_group as executor_group
from luojia.module import feed_forward as feed_forward
from luojia.module import group as group
from luojia.module import module as module
from luojia.module import python_module as python_module
from luojia.module import sequential_module as sequential_module
