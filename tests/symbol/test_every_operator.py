"""Every operator of one or two arrays: the symbol, and the symbol read back from its file, give what ``nd`` gives."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd, sym
from luojia._src.core.faces import MISSING
from luojia._src.core.symbol_ops import FACES, face_of
from luojia._src.core.tensor import Tensor

SAMPLE = np.linspace(0.2, 0.9, 6, dtype=np.float32).reshape(2, 3)
SQUARE = np.array([[2.0, 0.5], [0.5, 1.0]], np.float32)
RANDOM = ("random", "sample", "shuffle", "Dropout")  # draw anew at each run
# These take arrays of other shapes than the samples; test_layers.py and the operators' own tests have graphs of them.
OTHER = set(
    "BilinearSampler CTCLoss Convolution Deconvolution FullyConnected GroupNorm InstanceNorm LayerNorm Pooling Reshape "
    "SVMOutput "
    "_contrib_AdaptiveAvgPooling2D _contrib_BilinearResize2D batch_dot batch_take broadcast_to choose_element_0index "
    "Correlation _contrib_MultiBoxPrior _contrib_box_decode _contrib_box_iou _contrib_box_nms "
    "_contrib_box_non_maximum_suppression _contrib_boolean_mask _contrib_ifft "
    "_histogram cast_storage ctc_loss linalg_maketrian pick reshape softmax_cross_entropy".split()
)


def plain_faces():
    """The names of faces whose arrays are one or two, with no attribute that must be given."""
    for name in sorted(FACES.index()):
        face = face_of(name)
        needed = [p for p in face.inputs if p.internal not in face.op.optional]
        starred = any(p.star for p in face.params)
        free = all(p.default is not MISSING for p in face.attributes)
        if free and not starred and 1 <= len(needed) <= 2 and not face.op.aux and name not in OTHER:
            if not any(r in name for r in (*RANDOM, "_image_")):
                yield name, len(needed)


def values(found):
    return [f.asnumpy() for f in (found if isinstance(found, (list, tuple)) else [found])]


FOUND = list(plain_faces())


def test_there_are_many():
    assert len(FOUND) > 90


@pytest.mark.parametrize(("name", "count"), FOUND)
def test_symbol_equals_array(name, count):
    sample = SQUARE if "linalg" in name or name == "dot" else SAMPLE
    arrays = [nd.array(sample + i) for i in range(count)]
    expected = values(getattr(nd, name)(*arrays))
    variables = [sym.var(f"x{i}") for i in range(count)]
    required = [p.public for p in face_of(name).inputs if p.internal not in face_of(name).op.optional]
    try:
        graph = getattr(sym, name)(**dict(zip(required, variables)))
    except ValueError as e:
        assert "Required parameter" in str(e)
        return
    given = {f"x{i}": a for i, a in enumerate(arrays)}
    missing = [n for n in graph.list_inputs() if n not in given]
    if missing:  # inputs that a graph has even where arrays may do without, such as a bias
        return
    with np.errstate(all="ignore"):
        for each in (graph, sym.load_json(graph.tojson())):
            assert each.tojson() == graph.tojson()
            outs = each.eval(**given)
            assert all(type(o) is nd.NDArray for o in outs)
            for one, other in zip(values(outs), expected, strict=True):
                np.testing.assert_array_equal(one, other)
        if name == "boolean_mask":  # the values decide the shape
            return
        shapes = graph.infer_shape(**{k: v.shape for k, v in given.items()})[1]
    assert shapes == [e.shape for e in expected]


def test_tensors_run_graphs_too():
    (out,) = sym.exp(sym.var("x")).eval(x=Tensor([0.0]))
    assert type(out) is Tensor and mx.nd is nd
