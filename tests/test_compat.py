"""Programs that import the originals run on luojia."""

import subprocess
import sys
import warnings

import pytest

from luojia import compat


@pytest.fixture
def stand_in():
    assert compat.install(replace=True) == list(compat.ORIGINALS)
    yield
    compat.uninstall()


def test_the_originals_names_are_luojia(stand_in):
    import luojianet_ms as lj
    import mindspore as ms
    import mindspore.ops as ops
    import mxnet as mx
    from mindspore import Tensor, nn
    from mxnet import gluon
    from mxnet.gluon import nn as gnn

    import luojia

    assert ms is luojia and mx is luojia and lj is luojia
    assert ops is luojia.ops and nn is luojia.nn and gluon is luojia.gluon and gnn is luojia.gluon.nn
    assert Tensor is luojia.Tensor


def test_modules_keep_their_own_names(stand_in):
    import mindspore.ops  # noqa: F401

    import luojia.ops

    assert luojia.ops.__spec__.name == "luojia.ops" and luojia.ops.__name__ == "luojia.ops"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from mindspore.ops import functional  # noqa: F401


def test_what_luojia_lacks_is_named(stand_in):
    with pytest.raises(ModuleNotFoundError, match="'mxnet.nonsense': luojia stands in for mxnet"):
        import mxnet.nonsense  # noqa: F401


def test_uninstall_leaves_nothing(stand_in):
    import mxnet  # noqa: F401

    compat.uninstall()
    assert not any(m.partition(".")[0] in compat.ORIGINALS for m in sys.modules)


def test_only_the_originals():
    with pytest.raises(ValueError, match="not for 'torch'"):
        compat.install(["torch"])


def test_a_fresh_program():
    code = "from luojia import compat; compat.install(replace=True); import mxnet as mx; print(mx.nd.array([1, 2]) + 1)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n[2. 3.]\n<NDArray 2 @cpu(0)>\n"


def test_mxnets_numpy_is_not_mindspores():
    compat.install(["mxnet"], replace=True)
    try:
        import mxnet
        import mxnet.numpy as from_mxnet
        from mxnet import np, npx
        from mxnet.numpy import random
        from mxnet.numpy_extension import set_np

        import luojia

        assert from_mxnet is np is luojia.np is mxnet.np
        assert npx.set_np is set_np and random is luojia.np.random
    finally:
        compat.uninstall()
    assert luojia.numpy is not luojia.np


def test_a_path_does_not_hide_the_function_of_its_name():
    script = "import luojia.compat; luojia.compat.install()\n" \
             "from mindspore.common.mutable import mutable as m\nimport mindspore\n" \
             "assert mindspore.common.mutable is m is mindspore.mutable"
    subprocess.run([sys.executable, "-c", script], check=True)



@pytest.mark.parametrize("line", [
    "from mindspore.nn.wrap.cell_wrapper import WithLossCell",
    "from mindspore.nn.wrap.grad_reducer import DistributedGradReducer",
    "import mindspore.nn.wrap.loss_scale as found; found.TrainOneStepWithLossScaleCell",
    "from mindspore.nn.loss.loss import LossBase, _Loss",
    "from mindspore.nn.optim.optimizer import Optimizer",
    "from mindspore.nn.optim.momentum import Momentum",
    "from mindspore.nn.layer.conv import _Conv",
    "from mindspore.nn.layer.normalization import _BatchNorm",
    "from mindspore.train.callback import _InternalCallbackParam, RunContext",
    "from mindspore.train.callback._checkpoint import CheckpointConfig",
    "from mindspore.train.metrics.accuracy import Accuracy",
    "from mindspore.nn.utils import no_init_parameters; no_init_parameters()",
    "from mindspore.nn.probability import bijector, distribution as msd; msd.Normal",
    "import mindspore.nn.probability.distribution as msd; msd.Normal",
    "from mindspore.common.mutable import mutable",
    "from mindspore.common.api import _cell_graph_executor, _executor, _pynative_executor",
    "from mindspore.common._decorator import deprecated",
    "from mindspore.ops.function.nn_func import dropout",
    "from mindspore import log as logger; logger.warning",
    "from mindspore import _checkparam as validator; validator.check_positive_int(3, 'n', 'Net')",
    "from mindspore._checkparam import Rel, Validator; Validator.check_int(3, 1, Rel.GE, 'n', 'Net')",
    "from mindspore.version import __version__",
])
def test_paths_inside_mindspore(stand_in, line):
    exec(line, {})
