"""Collectives in a world of one process; tests/engine/test_xla_group.py has them between two."""

import numpy as np
import pytest

from luojia import GRAPH_MODE, PYNATIVE_MODE, Tensor, communication, nn, ops, set_context
from luojia._src.errors import NotSupportedError
from luojia.communication import comm_func
from tests.check import check_op

X = np.array([[1.0, -2.0], [3.0, 0.5]])
A = Tensor(X.astype(np.float32))


def test_the_operators():
    check_op("all_reduce", X, ref=X, symbol=False)
    check_op("all_reduce", X, attrs={"op": "max"}, ref=X, symbol=False)
    check_op("all_gather", X, ref=X, symbol=False)
    check_op("reduce_scatter", X, ref=X, symbol=False)
    check_op("broadcast_from", X, ref=X, symbol=False)
    check_op("all_to_all", X, attrs={"split_count": 1, "split_dim": 0, "concat_dim": 1}, ref=X, symbol=False)
    check_op("all_reduce_many", X, X * 2, attrs={"count": 2}, ref=(X, X * 2), grad=False, symbol=False)


def test_the_classes():
    assert ops.AlltoAll(1, 0, 1)(A).tolist() == A.tolist()
    for same in (ops.AllReduce(ops.ReduceOp.MAX), ops.AllGather(), ops.ReduceScatter(), ops.Reduce(0),
                 ops.CollectiveGather(0), ops.CollectiveScatter()):
        assert same(A).tolist() == A.tolist()
    assert ops.Broadcast(0)((A, A))[1].tolist() == A.tolist() and ops.Barrier()() is None


def test_the_functions():
    assert comm_func.all_reduce(A)[0].tolist() == A.tolist() and comm_func.all_reduce(A)[1] is None
    comm_func.all_reduce(A, async_op=True)[1].wait()
    assert comm_func.all_gather_into_tensor(A)[0].tolist() == comm_func.reduce_scatter_tensor(A)[0].tolist()
    assert comm_func.broadcast(A).tolist() == comm_func.gather_into_tensor(A).tolist() == A.tolist()
    assert comm_func.scatter_tensor(A).tolist() == comm_func.reduce(A, 0).tolist() == A.tolist()
    assert comm_func.barrier() is None


def test_exchanges():
    (got,), handle = comm_func.all_to_all_with_output_shape([A], [A])
    assert got.tolist() == A.tolist() and handle is None
    got, _ = comm_func.all_to_all_single_with_output_shape((2, 2), A, [2], [2])
    assert got.tolist() == A.tolist() and comm_func.batch_isend_irecv([]) == ()
    with pytest.raises(NotSupportedError, match="all_to_all_v_c is not provided; use all_to_all_single"):
        _ = comm_func.all_to_all_v_c
    assert not hasattr(comm_func, "all_to_some")


@pytest.mark.parametrize("call, error, match", [
    (lambda: comm_func.all_to_all_with_output_shape([A], A), TypeError, "must be a list of Tensors"),
    (lambda: comm_func.all_to_all_with_output_shape([A, A], [A]), ValueError, "each of the 1 ranks, but got 1 and 2"),
    (lambda: comm_func.all_to_all_single_with_output_shape((2,), 3), TypeError, "must be a Tensor, but got int"),
    (lambda: comm_func.all_to_all_single_with_output_shape((2,), A, [1]), ValueError, "2 rows must be cut for 1 rank"),
    (lambda: comm_func.P2POp("send", A, 1), ValueError, "'op' must be 'isend' or 'irecv', but got 'send'"),
    (lambda: comm_func.P2POp("isend", A, 1, tag=3), NotImplementedError, "'tag' must be 0, but got 3"),
    (lambda: comm_func.P2POp("irecv", (2,), 1), TypeError, "or with 'irecv' and 'recv_dtype' a shape"),
    (lambda: comm_func.batch_isend_irecv([3]), TypeError, "must be a list of P2POp"),
    (lambda: comm_func.batch_isend_irecv([comm_func.P2POp("isend", A, 0)]), ValueError, "'peer' is 0, this rank"),
    (lambda: ops.AllReduce("mean")(A), ValueError, "'op' must be one of sum, max, min, prod, but got 'mean'"),
    (lambda: ops.AllReduce()(A > 0), TypeError, "must be numbers, but got dtype bool"),
    (lambda: ops.AllReduce(group="mine")(A), ValueError, "there is no group 'mine'; make it with create_group"),
    (lambda: ops.AllReduce(group=3)(A), TypeError, "the type of 'group' should be 'str'"),
    (lambda: ops.AllGather()(Tensor(1.0)), ValueError, r"must have an axis, but got shape \(\)"),
    (lambda: ops.ReduceScatter()(Tensor(1.0)), ValueError, r"axis 0 must divide by the 1 ranks .* shape \(\)"),
    (lambda: ops.AlltoAll(2, 0, 1)(A), ValueError, "must be the number of ranks in the group, 1, but got 2"),
    (lambda: ops.AlltoAll(1, 2, 0)(A), ValueError, "axis 2 must divide"),
    (lambda: ops.Broadcast(1)((A,)), ValueError, "rank 1 is not in the group of ranks"),
    (lambda: ops.Broadcast("x"), TypeError, "the type of 'root_rank' should be 'int', but got type 'str'"),
    (lambda: ops.Broadcast(0)(A), TypeError, "the input must be a tuple of Tensors"),
    (lambda: ops.Broadcast(0, group=3), TypeError, "'group' must be str, but got int"),
    (lambda: ops.Reduce(1)(A), ValueError, r"'dest_rank' must be in \[0, 1\), but got 1"),
    (lambda: ops.CollectiveScatter()(Tensor(1.0)), ValueError, "axis 0 must divide by the 1 ranks"),
    (lambda: ops.Send(0, 0)(A), ValueError, "'dst' is 0, this rank itself"),
    (lambda: ops.Receive(0, 0, [2], np.float32)(), ValueError, "'src' is 0, this rank itself"),
    (lambda: comm_func.isend(A, 1), ValueError, "rank 1 is not in the group"),
    (lambda: comm_func.irecv(A, "x"), TypeError, "the type of 'src' should be 'int'"),
    (lambda: comm_func.all_reduce(3), TypeError, "'tensor' must be a Tensor, but got int"),
    (lambda: comm_func.all_reduce(A, async_op=1), TypeError, "'async_op' must be a bool"),
    (lambda: comm_func.gather_into_tensor(3), TypeError, "'tensor' must be a Tensor, but got int"),
    (lambda: nn.DistributedGradReducer([], degree=0), ValueError, "'degree' must be a positive int, but got 0"),
    (lambda: nn.DistributedGradReducer([], mean=1), TypeError, "'mean' must be a bool, but got int"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_a_reducer_alone_changes_nothing():
    grads = (A, A * 2)
    assert nn.DistributedGradReducer([], mean=True, degree=8)(grads) is grads
    assert nn.DistributedGradReducer([], mean=True)(A) is A


@pytest.mark.parametrize("mode", [GRAPH_MODE, PYNATIVE_MODE])
def test_a_network_with_collectives_runs_alone(mode):
    class Net(nn.Cell):
        def construct(self, x):
            return ops.AllReduce()(x).sum() * communication.get_group_size()

    set_context(mode=mode)
    try:
        assert float(Net()(A)) == 2.5
        assert ops.GradOperation()(Net())(A).tolist() == np.ones((2, 2)).tolist()
    finally:
        set_context(mode=PYNATIVE_MODE)
