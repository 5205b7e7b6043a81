"""``mindspore.utils``: arrays of other frameworks."""

import sys

from .._src.paths import open_paths, public_names, refusing
from . import dlpack
from .dlpack import from_dlpack, to_dlpack

__all__ = ["dlpack", "from_dlpack", "to_dlpack"]
__dir__ = public_names(__name__)
_REFUSED = ("ExitByRequest RSCPluginHandle TFTCommValue comm_exec_order_check get_sdc_detect_result "
            "runtime_execution_order_check sdc_detect_start sdc_detect_stop stress_detect").split()
__getattr__ = refusing("luojia.utils", "it watches Ascend devices.", _REFUSED)

open_paths(sys.modules[__name__])
