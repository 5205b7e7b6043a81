"""Functions of a few operators: the answers of mindspore 2.8.0 (observed.txt), those it lacks, and derivatives."""

from pathlib import Path

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia._src.core.tensor import Tensor as CoreTensor
from luojia._src.errors import ArgumentError, DTypeError, GraphError, ShapeError
from luojia._src.ops import tensor_methods
from luojia._src.ops.composed.hooks import register_hook
from tests.observed import T, names, wrong_answers


def test_answers_are_mindspores():
    assert wrong_answers(Path(__file__).with_name("observed.txt"), at_least=240) == []


A = names()["a"]
V = names()["v"]
R = names()["r"]
S = names()["s"]
N = names()["n"]


def K(value):  # noqa: N802 - as the lines below read
    return T(value, np.int32)


@pytest.mark.parametrize(("got", "expected"), [  # where mindspore 2.8.0 has no kernel for a CPU: by their formula
    (lambda: ops.angle(A), np.angle(A.asnumpy())),
    (lambda: ops.dist(A, A * 0, p=0), 6),
    (lambda: ops.fills(A, Tensor(3.0)), np.full((2, 3), 3.0)),
    (lambda: ops.bartlett_window(Tensor(5), periodic=False), np.bartlett(5)),
    (lambda: ops.blackman_window(Tensor(5)), np.blackman(6)[:5]),
    (lambda: ops.hann_window(1), [1]),
    (lambda: ops.matrix_diag_part(T(np.arange(9).reshape(3, 3)), K(1), T(0.0)), [1, 5]),
    (lambda: ops.matrix_diag_part(T(np.arange(9).reshape(3, 3)), K([-1, 1]), T(7.0), align="LEFT_RIGHT"),
     [[1, 5, 7], [0, 4, 8], [7, 3, 7]]),
    (lambda: ops.matrix_set_diag(T(np.zeros((3, 3))), T([[7, 1, 2], [3, 4, 7]]), (0, 1)),
     [[3, 1, 0], [0, 4, 2], [0, 0, 7]]),
    (lambda: ops.quantile(A, 0.5), 0.75),
    (lambda: ops.quantile(A, Tensor([0.25, 0.75]), axis=1, keepdims=True), [[[-0.5], [-0.25]], [[2], [2.25]]]),
    (lambda: ops.quantile(N, 0.5), np.nan),
    (lambda: ops.nanquantile(N, Tensor([0.25, 0.75])), [1.5, 2.5]),
    (lambda: ops.nanquantile(T([[1, np.nan], [2, 5]]), 0.5, axis=0, keepdims=True), [[1.5, 5]]),
    (lambda: ops.swiglu(T([[0, 1, 2, 3]])), [[0, 3 / (1 + np.exp(-1))]]),
    (lambda: ops.take(A, Tensor([0, 4])), [1, 4]),
    (lambda: ops.type_as(A, Tensor([1])), [[1, -2, 3], [0, 4, -1]]),
    (lambda: ops.cov(V), 1),
    (lambda: ops.cond(S, -2) * ops.cond(S), 1),
    (lambda: ops.cond(S, float("inf")), 3),
    (lambda: ops.matrix_norm(A, -1), 1.5),
    (lambda: ops.matrix_norm(A, float("-inf"), keepdims=True), [[5.5]]),
    (lambda: ops.matrix_norm(A, -2), np.linalg.norm(A.asnumpy(), -2)),
    (lambda: ops.vector_norm(A, 0, axis=1, dtype=ms.float64), [3, 3]),
    (lambda: ops.vector_norm(V, 3), 36 ** (1 / 3)),
    (lambda: ops.lstsq(T([[1, 1]]), T([2])), [[1], [1]]),
    (lambda: ops.pinv(R, atol=1.0), np.linalg.pinv(R.asnumpy(), rcond=0.1)),
    (lambda: ops.ormqr(*ops.geqrf(R), ops.qr(R, "complete")[0], transpose=True), np.eye(3)),
    (lambda: ops.ormqr(*ops.geqrf(R), T(np.eye(3)), left=False), ops.qr(R, "complete")[0].asnumpy()),
    (lambda: ops.qr(R.T)[0] @ ops.qr(R.T)[1], R.asnumpy().T),
    (lambda: ops.lu_unpack(S, T([2, 2], np.int32))[0], [[0, 1], [1, 0]]),
    (lambda: ops.matrix_solve(S, R[:2], adjoint=True), np.linalg.solve(S.asnumpy().T, R[:2].asnumpy())),
    (lambda: ops.bidense(V, V, T(np.ones((2, 3, 3))), T([1, 2])), [37, 38]),
    (lambda: ops.batch_dot(T(np.ones((2, 3))), T(np.ones((2, 3)))), [[3], [3]]),
    (lambda: ops.cartesian_prod(V), [[1], [2], [3]]),
    (lambda: ops.unsorted_segment_min(T([3, 4], np.int32), T([1, 1], np.int32), 2), [2**31 - 1, 3]),
    (lambda: ops.nanmedian(T([[np.nan, 2]]), 1, True)[0], [[2]]),
    (lambda: ops.inplace_index_add(T([[1, 2], [3, 4]]), T([1], np.int32), T([[5], [6]]), 1), [[1, 7], [3, 10]]),
])
def test_answers_by_formula(got, expected):
    np.testing.assert_allclose(got().asnumpy(), expected, rtol=1e-5, atol=1e-5)


def test_lu_unpack_gives_none_for_what_is_not_wanted():
    p, lower, upper = ops.lu_unpack(S, T([2, 2], np.int32), unpack_data=False)
    assert p.tolist() == [[0, 1], [1, 0]] and lower is upper is None
    assert ops.lu_unpack(S, T([2, 2], np.int32), unpack_pivots=False)[0] is None


M = np.array([[1.2, 0.7, 0.9], [0.6, 1.4, 1.1], [0.8, 0.5, 1.3], [0.4, 0.9, 0.25]])
SMOOTH = {
    "aminmax": lambda a: ops.aminmax(a, axis=1)[0] * a[:, 0],
    "addbmm": lambda a: ops.addbmm(a[:3], a[None, :3], a[None, :3] ** 2, alpha=2),
    "addr": lambda a: ops.addr(a, a[:, 0], a[1]),
    "batch_dot": lambda a: ops.batch_dot(a, a * a),
    "bidense": lambda a: ops.bidense(a[:, :2], a[:, 1:], ops.stack([a[:2, :2], a[2:, :2]])),
    "cartesian_prod": lambda a: ops.cartesian_prod(a[0], a[1]) ** 2,
    "channel_shuffle": lambda a: ops.channel_shuffle(a.reshape(1, 4, 3), 2) * a,
    "cholesky_solve": lambda a: ops.cholesky_solve(a[:3], ops.cholesky(a.T @ a)),
    "cholesky_inverse": lambda a: ops.cholesky_inverse(ops.cholesky(a.T @ a), False),
    "combinations": lambda a: ops.combinations(a[0]) ** 2,
    "cond": lambda a: ops.cond(a) + ops.cond(a[:3], "fro"),
    "cov": lambda a: ops.cov(a),
    "diagonal_scatter": lambda a: ops.diagonal_scatter(a, a[0] ** 2) * a,
    "dist": lambda a: ops.dist(a, a * a, 3),
    "fill_diagonal": lambda a: a.fill_diagonal(2.0) * a,
    "logcumsumexp": lambda a: ops.logcumsumexp(a * 3, 0),
    "lstsq": lambda a: ops.lstsq(a, a[:, :2] ** 2),
    "lstsq of a wide matrix": lambda a: ops.lstsq(a.T, a[:3, 0]),
    "lu_solve": lambda a: ops.lu_solve(a[:3, :2], a[:3], Tensor([2, 3, 3], ms.int32)),
    "lu_unpack": lambda a: ops.lu_unpack(a[:3], Tensor([2, 3, 3]))[1] @ ops.lu_unpack(a[:3], Tensor([2, 3, 3]))[2],
    "matrix_diag": lambda a: ops.matrix_diag(a[:2, :], (-1, 0)) ** 2,
    "matrix_diag_part": lambda a: ops.matrix_diag_part(a, K([-1, 1]), Tensor(np.zeros((), a.np_dtype))) ** 2,
    "matrix_set_diag": lambda a: ops.matrix_set_diag(a, a[0] ** 2) * a,
    "matrix_norm": lambda a: ops.matrix_norm(a, "nuc") + ops.matrix_norm(a, 2) + ops.matrix_norm(a, 1),
    "matrix_solve": lambda a: ops.matrix_solve(a[:3], a[1:], True),
    "mirror_pad": lambda a: ops.mirror_pad(a, Tensor([[1, 1], [0, 2]]), "REFLECT") ** 2,
    "nanmedian": lambda a: ops.nanmedian(a, 0)[0] ** 2,
    "nanquantile": lambda a: ops.nanquantile(a, 0.3, 0) ** 2,
    "orgqr": lambda a: ops.orgqr(a, a[0]),
    "ormqr": lambda a: ops.ormqr(a, a[0], a, transpose=True),
    "pdist": lambda a: ops.pdist(a),
    "pinv": lambda a: ops.pinv(a),
    "quantile": lambda a: ops.quantile(a, 0.3, 0) ** 2,
    "qr": lambda a: ops.qr(a)[0] * a + ops.qr(a)[1].sum(),
    "qr of a wide matrix": lambda a: ops.qr(a.T)[1],
    "renorm": lambda a: ops.renorm(a, 2, 1, 1.0),
    "reverse_sequence": lambda a: ops.reverse_sequence(a, Tensor([1, 2, 3, 2]), 1) * a,
    "select_scatter": lambda a: ops.select_scatter(a, a[:, 0] ** 2, 1, 1) * a,
    "slice_scatter": lambda a: ops.slice_scatter(a, a[:2] ** 2, 0, 1, 3) * a,
    "space_to_batch_nd": lambda a: ops.space_to_batch_nd(a.reshape(1, 1, 4, 3), 2, [[0, 0], [1, 0]]) ** 2,
    "batch_to_space_nd": lambda a: ops.batch_to_space_nd(a.reshape(4, 1, 1, 3), [2, 2], [[1, 0], [0, 1]]) ** 2,
    "svd": lambda a: ops.svd(a)[0] ** 2,
    "swiglu": lambda a: ops.swiglu(a, 0),
    "triangular_solve": lambda a: a[:3].triangular_solve(a[1:])[0],
    "trapz": lambda a: ops.trapz(a, a * a, dim=0),
    "unique_consecutive": lambda a: ops.unique_consecutive(a, dim=1) ** 2,
    "unsorted_segment_max": lambda a: ops.unsorted_segment_max(a, Tensor([0, 1, 0, 1]), 2) ** 2,
    "vecdot": lambda a: ops.vecdot(a, a * a),
    "view_as": lambda a: ops.view_as(a, a.T) ** 2,
    "sparse_segment_mean": lambda a: ops.sparse_segment_mean(a * a, Tensor([0, 2, 3]), Tensor([0, 0, 1])),
    "index_put": lambda a: a.index_put((Tensor([0, 0]), Tensor([1, 1])), a[2, :2] ** 2, True) * a,
    "kthvalue": lambda a: a.kthvalue(2, 0)[0] ** 2,
    "masked_scatter": lambda a: a.masked_scatter(a > 1, a[:, 0].repeat(3) ** 2) * a,
    "sum_to_size": lambda a: (a * a).sum_to_size(4, 1),
    "resize": lambda a: (a * a).resize(5, 3) + (a * a).resize(3),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients(name):
    def f(x):
        y = SMOOTH[name](x)
        return (y * y).sum()

    found, step = ops.grad(f)(Tensor(M)).asnumpy(), np.zeros_like(M)
    for at in np.ndindex(M.shape):
        step[at] = 1e-6
        expected = (float(f(Tensor(M + step))) - float(f(Tensor(M - step)))) / 2e-6
        step[at] = 0
        assert found[at] == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("module", tensor_methods.COMPOSED)
def test_methods_are_found(module):
    for name in tensor_methods.COMPOSED[module].split():
        assert callable(getattr(CoreTensor, name)), name


def test_what_a_tensor_is():
    x = T([[1, 2, 3], [4, 5, 6]])
    assert x.stride() == [3, 1] and x.stride(1) == 1 and x.storage_offset() == 0 and x.is_contiguous()
    assert x.is_signed() and not Tensor([True]).is_signed() and not x.is_complex() and x.data is x
    assert x.type() == "Float32" and x.type(ms.int32).dtype == ms.int32 and x.type(int).dtype == ms.int64
    assert x.allclose(x + 1e-9) and not x.allclose(x + 1) and not x.has_init
    assert x.new_full(2, 3, dtype=ms.int32).tolist() == [3, 3] and x.new_empty((1, 2)).shape == (1, 2)
    assert x.H.shape == (3, 2) and x.mH.shape == (3, 2) and x.equal(x).asnumpy().all()
    assert x.choose([Tensor(1.0)] * 7).shape == (2, 3) and Tensor([0, 5]).choose([[7, 8], [9, 9]]).tolist() == [7, 9]
    assert Tensor([0, 3]).choose([[7, 8], [9, 1]], "wrap").tolist() == [7, 1]
    assert [t.shape for t in T(np.ones((4, 2))).qr(False)] == [(4, 4), (4, 2)] and ops.isconstant(x) is True
    assert Tensor([5, -1], ms.int32).bitwise_not().tolist() == [-6, 0]
    assert x.random_categorical(5).shape == (2, 5) and x.cauchy().shape == x.log_normal().shape == x.uniform().shape
    assert (x * 0).bernoulli().asnumpy().sum() == 0


def test_what_a_tensor_gives():
    x = T([[1, 2], [3, 4]])
    assert x.get_bytes() == x.asnumpy().tobytes() and x.index((Tensor([0]), Tensor([1]))).tolist() == [2]
    assert 3.0 in x and 7 not in x and Tensor.from_numpy(np.ones(2)).dtype == ms.float64
    assert x.pin_memory() is x and not x.is_pinned() and not x.is_shared() and x.move_to("CPU") is x
    assert x.requires_grad_() is x and x.grad is not None and x.requires_grad_(False).grad is None
    assert Tensor([1]).data_ptr() > 0 and Tensor([1]).flush_from_cache() is None
    assert Tensor([1]).set_const_arg(True).tolist() == [1]
    with pytest.raises(DTypeError, match="the type of 'const_arg' should be 'bool', but got type 'int'"):
        Tensor([1]).set_const_arg(3)
    shared = np.ones(2)
    seen = Tensor.from_numpy(shared)
    shared += 1
    assert seen.tolist() == ([2.0, 2.0] if isinstance(seen._value, np.ndarray) else [1.0, 1.0])
    with pytest.raises(DTypeError, match="Tensor.from_numpy: expected a numpy.ndarray, got list"):
        Tensor.from_numpy([1])
    for name in tensor_methods.REFUSED:
        assert not hasattr(x, name)
    with pytest.raises(AttributeError, match="Tensor.storage is not supported: buffers belong to the engine"):
        x.storage()


def test_hooks_on_gradients():
    def f(x, hook):
        y = x * x
        handle = y.register_hook(hook)
        if hook(y) is y:
            handle.remove()
        return (y * 3).sum()

    seen = []
    assert ops.grad(lambda x: f(x, lambda g: seen.append(g)))(Tensor([2.0])).tolist() == [12]
    assert seen[-1].tolist() == [3]
    assert ops.grad(lambda x: f(x, lambda g: g * 10))(Tensor([2.0])).tolist() == [120]
    assert ops.grad(lambda x: f(x, lambda g: g))(Tensor([2.0])).tolist() == [12]
    def ordered(x):
        y = x * 1.0
        y.register_hook(lambda g: g * 2)
        y.register_hook(lambda g: (g + 1).astype(ms.float16))
        assert len(y.hooks()) == 2
        y.register_hook(lambda g: g * 0).remove()
        return y * 3

    found = ops.grad(ordered)(Tensor([1.0]))
    assert found.tolist() == [7.0] and found.dtype is ms.float32  # in their order, in the gradient's dtype
    with pytest.raises(DTypeError, match=r"register_hook: the hook must be a function, got int"):
        A.register_hook(3)
    variable = ms.nd.ones((1,))
    variable.attach_grad()
    with pytest.raises(GraphError, match=r"register_hook: a variable takes no hook"):
        register_hook(variable, lambda g: g)
    with pytest.raises(ArgumentError, match=r"must return a Tensor of its shape \(1,\), got int"):
        ops.grad(lambda x: f(x, lambda g: 3))(Tensor([2.0]))


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.swiglu(A), ShapeError, r"swiglu expects an even length along axis -1, got shape \(2, 3\)"),
    (lambda: ops.cross(S, S), ShapeError, "both must have length 3 on axis -1"),
    (lambda: ops.batch_dot(A, A, 0), ArgumentError, r"'batch_dot', the axes must not be 0"),
    (lambda: ops.batch_dot(A, A, (1, 1)) + ops.batch_dot(A, R, 1), ShapeError, r"'batch_dot', lengths along axis 0"),
    (lambda: ops.matrix_norm(A, 3), ArgumentError, "ord must be 'fro', 'nuc'"),
    (lambda: ops.lstsq(A, V), ShapeError, r"'lstsq', expected input \(M, N\) and A"),
    (lambda: ops.qr(A, "r"), DTypeError, "the arg mode must be 'reduced' or 'complete', but got r"),
    (lambda: ops.qr(V), ShapeError, r"'qr', expected matrices in the last two axes, got shape \(3,\)"),
    (lambda: ops.reverse_sequence(A, Tensor([1]), 1), ShapeError, r"seq_lengths must have shape \(2,\), got \(1,\)"),
    (lambda: ops.channel_shuffle(A[None], 3), ShapeError, "2 channels do not fall into 3 groups"),
    (lambda: ops.padding(A), ShapeError, r"'padding', the input must have at least 2 axes, the last of length 1"),
    (lambda: ops.mirror_pad(A, Tensor([[0, 0], [0, 0]]), "EDGE"), ArgumentError,
     "mode must be 'REFLECT' or 'SYMMETRIC'"),
    (lambda: ops.space_to_batch_nd(A[None, None], 2, [[0, 0], [0, 0]]), ShapeError, "must be multiples of"),
    (lambda: ops.batch_to_space_nd(A[None, None], 2, [[0, 0], [0, 0]]), ShapeError, "the batch 1 must be a multiple"),
    (lambda: ops.select_scatter(A, V[:2], 0, 1), ShapeError, r"'select_scatter', src must have shape \(3,\)"),
    (lambda: ops.diagonal_scatter(A, V), ShapeError, r"'diagonal_scatter', src must have shape \(2,\), got \(3,\)"),
    (lambda: V.fill_diagonal(1.0), ShapeError, "'fill_diagonal', expected a matrix, or axes of one length"),
    (lambda: ops.matrix_diag(V, (1, 0)), ArgumentError, r"k must be a diagonal or a pair \(lowest, highest\)"),
    (lambda: ops.matrix_diag(V, align="LEFT"), ArgumentError, "align must be 'RIGHT_LEFT'"),
    (lambda: ops.matrix_diag(V, 0, 2, 2), ShapeError, "'matrix_diag', diagonals 0 to 0"),
    (lambda: ops.combinations(A), ShapeError, "'combinations', the input must be a vector"),
    (lambda: ops.hann_window(-1), ArgumentError, "'hann_window', window_length must be an int of at least 0, got -1"),
    (lambda: ops.quantile(V, A), ShapeError, r"'quantile', q must be a number or a vector, got shape \(2, 3\)"),
    (lambda: ops.nanquantile(V, 2.0), ArgumentError, "'nanquantile', q must be a number or a vector"),
    (lambda: V.choose([V], "none"), ArgumentError, "choose: mode must be 'raise', 'wrap' or 'clip', got 'none'"),
    (lambda: A[None].H, ShapeError, "For tensor.H only support 2-D Tensor, but got 3-D"),
    (lambda: A.sum_to_size(2, 2), ShapeError, r"a Tensor of shape \(2, 3\) cannot be summed to \(2, 2\)"),
    (lambda: A.resize(-1), ArgumentError, "resize: lengths must not be negative"),
    (lambda: A.kthvalue(4), ArgumentError, "kthvalue: k must lie between 1 and 3, got 4"),
    (lambda: V.random_categorical(1), ShapeError, r"'random_categorical', logits must have shape \(N, C\)"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_gradients_of_segments_share_equals_and_pass_zeros():
    x, ids = Tensor(np.array([[1, 2], [1, 5], [0, 5]], np.float32)), Tensor([0, 0, 0], ms.int32)
    found = {name: ops.grad(lambda t, name=name: getattr(ops, f"unsorted_segment_{name}")(t, ids, 2)[0])(x).tolist()
             for name in ("max", "min", "prod")}  # mindspore 2.8.0
    assert found == {"max": [[0.5, 0], [0.5, 0.5], [0, 0.5]], "min": [[0, 1], [0, 0], [1, 0]],
                     "prod": [[0, 25], [0, 10], [1, 10]]}
    of_x, of_v = ops.grad(ops.tensor_scatter_mul, (0, 2))(x, Tensor([[0], [0]]), Tensor([[0.0, 0], [3, 0]]))
    assert of_x.tolist() == [[0, 0], [1, 1], [1, 1]] and of_v.tolist() == [[3, 0], [0, 0]]
