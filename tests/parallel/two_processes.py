"""Two processes equal one: run by test_jobs.py in a job of two ranks, on each engine."""

import numpy as np
import pytest

import luojia as lj
from luojia import Tensor, autograd, communication, gluon, nd, nn, ops
from luojia._src.core.op import OPERATORS
from luojia._src.engine.group import gather_bytes, place
from luojia.communication import comm_func
from luojia.mint import distributed as dist

RANK, SIZE = communication.get_rank(), communication.get_group_size()
ON_XLA = lj.get_context("engine") == "xla"
A = np.arange(4, dtype=np.float32)  # rank r has A + r
MINE = Tensor(A + RANK)
X = np.random.RandomState(0).randn(6, 64, 5).astype(np.float32)
Y = np.random.RandomState(1).randint(0, 3, (6, 64)).astype(np.int32)


@pytest.fixture(autouse=True)
def settings():
    yield
    lj.set_context(mode=lj.PYNATIVE_MODE)
    lj.reset_auto_parallel_context()


def test_ranks():
    communication.init()
    assert (SIZE, communication.get_local_rank(), communication.get_local_rank_size()) == (2, RANK, 2)
    assert lj.get_auto_parallel_context("device_num") == 2 and lj.get_auto_parallel_context("global_rank") == RANK
    communication.create_group("alone", [1])
    assert communication.get_world_rank_from_group_rank("alone", 0) == 1
    if RANK == 1:
        assert communication.get_rank("alone") == 0
        assert ops.AllReduce(group="alone")(MINE).tolist() == MINE.tolist()
    else:
        with pytest.raises(ValueError, match=r"rank 0 is not in the group of ranks \[1\]"):
            ops.AllReduce(group="alone")(MINE)
    communication.release()
    assert gather_bytes("test", b"x" * RANK) == [b"", b"x"] and place().size == 2
    with pytest.raises(ValueError, match="'device_num' must be 2, as this job has so many processes"):
        lj.set_auto_parallel_context(parallel_mode="data_parallel", device_num=8)


def test_values_of_collectives():
    assert ops.AllReduce()(MINE).tolist() == (2 * A + 1).tolist()
    assert ops.AllReduce("max")(MINE).tolist() == (A + 1).tolist()
    assert ops.AllReduce("min")(MINE).tolist() == A.tolist()
    assert ops.AllReduce("prod")(MINE).tolist() == (A * (A + 1)).tolist()
    assert float(ops.AllReduce()(Tensor(np.float32(RANK + 1)))) == 3
    assert ops.AllGather()(MINE).tolist() == [*A, *(A + 1)]
    assert ops.ReduceScatter()(MINE).tolist() == (2 * A + 1)[2 * RANK : 2 * RANK + 2].tolist()
    assert ops.ReduceScatter("max")(MINE).tolist() == (A + 1)[2 * RANK : 2 * RANK + 2].tolist()
    got = ops.AlltoAll(2, 0, 1)(MINE.reshape(2, 2)).asnumpy()
    assert got.tolist() == np.concatenate([(A + r).reshape(2, 2)[RANK : RANK + 1] for r in (0, 1)], 1).tolist()
    odd = np.array([-0.0, np.nan, RANK], np.float32)
    (sent,) = ops.Broadcast(1)((Tensor(odd),))
    assert sent.asnumpy().tobytes() == np.array([-0.0, np.nan, 1], np.float32).tobytes()
    assert ops.Broadcast(0)((Tensor(RANK == 0),))[0].asnumpy()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "int8", "uint8", "int32", "int64"])
def test_dtypes(dtype):
    total = ops.AllReduce()(Tensor(np.array([1, 2, 3]), getattr(lj, dtype)))
    assert total.dtype == getattr(lj, dtype) and total.asnumpy().astype(int).tolist() == [2, 4, 6]


def test_one_receives():
    to_1 = ops.Reduce(1)(MINE), ops.CollectiveGather(1)(MINE)
    if RANK == 1:
        assert to_1[0].tolist() == (2 * A + 1).tolist() and to_1[1].tolist() == [*A, *(A + 1)]
    else:
        assert to_1[0].tolist() == to_1[1].tolist() == [0]
    assert ops.CollectiveScatter(1)(MINE).tolist() == (A + 1)[2 * RANK : 2 * RANK + 2].tolist()
    if RANK == 0:
        ops.Send(0, 1)(MINE)
        got, handle = comm_func.irecv(MINE, 1)
        handle.wait()
        assert got.tolist() == (A + 1).tolist()
    else:
        assert ops.Receive(0, 0, [4], lj.float32)().tolist() == A.tolist()
        comm_func.send(MINE, 0)
    ops.Barrier()()


def test_exchanges():
    inputs = [Tensor([1.0]), Tensor([[2.0, 3.0], [4.0, 5.0]])] if RANK == 0 else [Tensor([2.0, 2.0]), Tensor(4.0)]
    shapes = [(1,), (2,)] if RANK == 0 else [(2, 2), ()]
    found, _ = comm_func.all_to_all_with_output_shape(shapes, inputs)
    assert [t.tolist() for t in found] == ([[1], [2, 2]] if RANK == 0 else [[[2, 3], [4, 5]], 4])
    with pytest.raises(TypeError, match="the Tensors must be of one dtype"):
        comm_func.all_to_all_with_output_shape(shapes, [MINE, MINE.astype(lj.int32)])
    single, _ = comm_func.all_to_all_single_with_output_shape((2,), Tensor([0, 1]) + RANK * 2)
    assert single.tolist() == [RANK, RANK + 2]
    uneven, _ = comm_func.all_to_all_single_with_output_shape(
        (2,) if RANK else (5,), MINE[: 3 + RANK], [0, 2] if RANK else [3, 2], [2, 2] if RANK else [3, 0])
    assert uneven.tolist() == ([3, 4] if RANK else [0, 1, 2, 1, 2])
    other = 1 - RANK
    batch = [comm_func.P2POp("irecv", (4,), other, recv_dtype=lj.float32), comm_func.P2POp("isend", MINE, other),
            comm_func.P2POp(comm_func.irecv, MINE, other), comm_func.P2POp(comm_func.isend, MINE * 2, other)]
    got = comm_func.batch_isend_irecv(batch)
    assert [g.tolist() for g in got] == [(A + other).tolist(), 0, (2 * (A + other)).tolist(), 0]


def test_gradients():
    """Of the sum over ranks of what they compute."""
    grad = ops.GradOperation()
    total = 2 * A + 1
    assert grad(lambda x: (ops.AllReduce()(x) ** 2).sum())(MINE).tolist() == (4 * total).tolist()
    assert grad(lambda x: (ops.AllReduce("max")(x) ** 2).sum())(MINE).tolist() == (4 * (A + 1) * (RANK == 1)).tolist()
    assert grad(lambda x: (ops.AllGather()(x) ** 2 * (RANK + 1)).sum())(MINE).tolist() == (6 * (A + RANK)).tolist()
    by_part = np.repeat([1, 2], 2)
    assert grad(lambda x: (ops.ReduceScatter()(x) ** 2 * (RANK + 1)).sum())(MINE).tolist() == (
        2 * total * by_part).tolist()
    assert grad(lambda x: (ops.Broadcast(0)((x,))[0] ** 2).sum())(MINE).tolist() == (4 * A * (RANK == 0)).tolist()
    twice = grad(lambda y: grad(lambda x: (ops.AllReduce()(x) ** 3).sum())(y).sum())
    assert twice(MINE).tolist() == (24 * total).tolist()
    for refused in (ops.AllReduce("prod"), ops.ReduceScatter("max")):
        with pytest.raises(NotImplementedError, match="has no gradient; "):
            grad(lambda x, op=refused: op(x).sum())(MINE)


def test_collectives_in_compiled_functions():
    @lj.jit
    def f(x, y):
        z = ops.AllReduce()(x) * 2 + y
        return z, z.sum()

    y = Tensor(np.float32(RANK))
    out, total = f(MINE, y)
    assert out.tolist() == (4 * A + 2 + RANK).tolist() and float(total) == 32 + 4 * RANK
    dx, dy = ops.GradOperation(get_all=True)(lambda a, b: f(a, b)[1] ** 2)(MINE, y)
    assert dx.tolist() == [(2 * 32 + 2 * 36) * 2] * 4 and float(dy) == 4 * 2 * (32 + 4 * RANK)


@pytest.mark.skipif(not ON_XLA, reason="NumPy does not compile")
def test_two_groups_in_one_function_run_eagerly():
    communication.create_group("reversed", [1, 0])
    fn = lj.jit(lambda x: ops.AllReduce()(x) + ops.AllGather(group="reversed")(x)[:4])
    with pytest.warns(UserWarning, match="communicates in several groups of ranks"):
        assert fn(MINE).tolist() == (2 * A + 1 + A + 1).tolist()
    with pytest.warns(UserWarning, match="Send and Receive are no part of a compiled program"):
        lj.jit(lambda x: comm_func.send(x, 1) if RANK == 0 else comm_func.recv(x, 0))(MINE)


def network(seed=3):
    lj.set_seed(seed)
    return nn.SequentialCell(nn.Dense(5, 8, activation="tanh"), nn.Dense(8, 3))


def values(net):
    return {p.name: p.asnumpy() for p in net.get_parameters()}


def assert_same(a, b):
    assert a.keys() == b.keys()
    for k in a:
        np.testing.assert_allclose(a[k], b[k], rtol=0, atol=1e-6, err_msg=k)


def train(net, functional=False, alone=False, steps=6):
    loss = nn.SoftmaxCrossEntropyWithLogits(True, "mean")
    optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
    if functional:
        reducer = nn.DistributedGradReducer(optimizer.parameters)
        gradient = ops.value_and_grad(lambda x, y: loss(net(x), y), None, optimizer.parameters)

        @lj.jit
        def step(x, y):
            value, grads = gradient(x, y)
            optimizer(grads if alone else reducer(grads))
            return value
    else:
        step = nn.TrainOneStepCell(nn.WithLossCell(net, loss), optimizer).set_train()
    rows = slice(None) if alone else slice(32 * RANK, 32 * RANK + 32)
    for x, y in zip(X[:steps], Y[:steps]):
        step(Tensor(x[rows]), Tensor(y[rows]))
    return values(net)


@pytest.mark.parametrize("functional", [False, True])
@pytest.mark.parametrize("mode", [lj.PYNATIVE_MODE, lj.GRAPH_MODE])
def test_mindspore_training_equals_one_process(mode, functional):
    expected = train(network(), alone=True)
    lj.set_context(mode=mode)
    lj.set_auto_parallel_context(parallel_mode=lj.ParallelMode.DATA_PARALLEL, gradients_mean=True)
    assert_same(train(network(), functional), expected)


def test_sums_of_gradients_and_float16():
    lj.set_auto_parallel_context(parallel_mode="data_parallel")
    reducer = nn.DistributedGradReducer([])
    assert [g.tolist() for g in reducer((MINE, MINE * 2))] == [(2 * A + 1).tolist(), (4 * A + 2).tolist()]
    half = nn.DistributedGradReducer([], mean=True)(Tensor(np.float16([60000])))
    assert half.tolist() == [60000] and half.dtype == lj.float16  # the sum would be infinite


def test_parameters_that_differ_are_named():
    lj.set_auto_parallel_context(parallel_mode="data_parallel", gradients_mean=True)
    with pytest.raises(RuntimeError, match="parameter '0.weight' has other values on rank 1 than on rank 0; give all"):
        train(network(seed=RANK), steps=1)
    wide = nn.DistributedGradReducer(nn.Dense(2, 3 + RANK).trainable_params())
    with pytest.raises(RuntimeError, match=r"'weight' has shape \[3, 2\] on rank 0 and \[4, 2\] on rank 1"):
        wide((MINE,))
    named = nn.DistributedGradReducer([lj.Parameter(Tensor([1.0]), name=f"p{RANK}")])
    with pytest.raises(RuntimeError, match="rank 0 has the parameter 'p0' where rank 1 has 'p1'"):
        named((MINE,))
    with pytest.raises(RuntimeError, match="rank 0 has 0 parameters, rank 1 1"):
        nn.DistributedGradReducer([lj.Parameter(Tensor([1.0]), name="p")][: RANK])((MINE,))


def test_parameters_are_broadcast_where_asked():
    expected = train(network(seed=0), alone=True)
    lj.set_auto_parallel_context(parallel_mode="data_parallel", gradients_mean=True, parameter_broadcast=True)
    assert_same(train(network(seed=RANK)), expected)


def test_an_overflow_on_one_rank_is_one_on_all():
    lj.set_auto_parallel_context(parallel_mode="data_parallel", gradients_mean=True)
    net = network()
    step = nn.TrainOneStepWithLossScaleCell(nn.WithLossCell(net, nn.MSELoss()), nn.SGD(net.trainable_params(), 0.1),
                                            Tensor(np.float32(8)))
    before = values(net)
    x = Tensor(np.full((2, 5), np.nan if RANK else 1, np.float32))
    assert bool(step(x, Tensor(np.zeros((2, 3), np.float32)))[1])
    assert_same(values(net), before)


def gluon_network(deferred=False):
    units = (0, 0) if deferred else (5, 8)
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(8, activation="tanh", in_units=units[0]), gluon.nn.Dense(3, in_units=units[1]))
    net.initialize(lj.init.Xavier())
    return net


def gluon_values(net):
    return {k: p.data().asnumpy() for k, p in net._collect_params_with_prefix().items()}


def gluon_train(net, kvstore, alone=False, on_store=None, begin=0, steps=6):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9}, kvstore,
                            update_on_kvstore=on_store)
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    rows = slice(None) if alone else slice(32 * RANK, 32 * RANK + 32)
    for x, y in zip(X[begin:steps], Y[begin:steps]):
        with autograd.record():
            loss = loss_fn(net(nd.array(x[rows])), nd.array(y[rows]))
        loss.backward()
        if on_store is False and not alone:
            trainer.allreduce_grads()
            trainer.update(64)
        else:
            trainer.step(64)
    return gluon_values(net)


@pytest.mark.parametrize("hybridized, on_store", [(False, None), (True, None), (True, False)])
def test_gluon_training_equals_one_process(hybridized, on_store):
    kv = lj.kv.create("dist_sync")
    assert (kv.rank, kv.num_workers) == (RANK, 2)
    lj.random.seed(RANK)
    net, plain = gluon_network(), gluon_network()
    if hybridized:
        net.hybridize()
    gluon.Trainer(net.collect_params(), "sgd", kvstore=kv)  # now the weights are rank 0's
    for mine, p in zip(net.collect_params().values(), plain.collect_params().values()):
        p.set_data(mine.data())
    expected = gluon_train(plain, "device", alone=True)
    assert_same(gluon_train(net, kv, on_store=on_store), expected)


def test_weights_that_come_late_are_told_of():
    lj.random.seed(RANK)
    net = gluon_network(deferred=True)
    if RANK:
        with pytest.warns(UserWarning, match="got rank 0's value only now"):
            gluon_train(net, "dist_sync", steps=1)
    else:
        gluon_train(net, "dist_sync", steps=1)
    found = gather_bytes("test", b"".join(v.tobytes() for v in gluon_values(net).values()))
    assert found[0] == found[1]


def test_a_store_by_hand():
    kv = lj.kv.create("dist_device_sync")
    kv.init(["a", "b"], [nd.ones((2,)) * (RANK + 5), nd.zeros((1,))])
    out = nd.zeros((2,))
    kv.pull("a", out=out)
    assert out.asnumpy().tolist() == [5, 5]
    kv.pushpull("a", nd.ones((2,)) * (RANK + 1), out=out)
    assert out.asnumpy().tolist() == [3, 3]
    kv.set_optimizer(lj.optimizer.SGD(learning_rate=0.5))
    kv.push(["a", "b"], [nd.ones((2,)), nd.ones((1,))])
    kv.pull("a", out=out)
    kv._barrier()
    assert out.asnumpy().tolist() == [2, 2]


def test_modules_equal_one_process():
    hidden = lj.sym.Activation(lj.sym.FullyConnected(lj.sym.Variable("data"), num_hidden=8, name="a"), act_type="tanh")
    out = lj.sym.SoftmaxOutput(lj.sym.FullyConnected(hidden, num_hidden=3, name="b"), name="softmax")

    def fit(kvstore, rows, seed):
        lj.random.seed(seed)
        x, y = X[:, rows].reshape(-1, 5), Y[:, rows].reshape(-1).astype(np.float32)
        data = lj.io.NDArrayIter(x, y, rows.stop - rows.start)
        net = lj.mod.Module(out)
        net.fit(data, num_epoch=1, kvstore=kvstore, initializer=lj.init.Xavier(),
                optimizer_params={"learning_rate": 0.1, "momentum": 0.9})
        return {k: v.asnumpy() for k, v in net.get_params()[0].items()}

    assert_same(fit("dist_sync", slice(32 * RANK, 32 * RANK + 32), RANK), fit("local", slice(0, 64), 0))


def test_gradients_join_in_one_message_per_dtype():
    arrays = [MINE, MINE.astype(lj.float64).reshape(2, 2), Tensor(np.float32(RANK)), MINE * 2]
    sums = OPERATORS["all_reduce_many"](arrays, count=4)
    assert [s.dtype for s in sums] == [a.dtype for a in arrays] and [s.shape for s in sums] == [a.shape for a in arrays]
    assert sums[1].asnumpy().ravel().tolist() == (2 * A + 1).tolist() and float(sums[2]) == 1


def test_distributed_writes_into_tensors():
    dist.init_process_group(world_size=2)
    other, x = 1 - RANK, Tensor(A + RANK)
    dist.all_reduce(x)
    assert x.tolist() == (2 * A + 1).tolist()
    x = Tensor(A + RANK)
    dist.reduce(x, 1)
    assert x.tolist() == ((2 * A + 1) if RANK else A).tolist()
    dist.broadcast(x, 1)
    assert x.tolist() == (2 * A + 1).tolist()
    both = [Tensor(0 * A), Tensor(0 * A)]
    dist.all_gather(both, MINE)
    assert [t.tolist() for t in both] == [A.tolist(), (A + 1).tolist()]
    mine = Tensor(0 * A)
    dist.scatter(mine, both if RANK == 0 else None, src=0)
    assert mine.tolist() == (A + RANK).tolist()
    dist.reduce_scatter(mine, both)
    assert mine.tolist() == (2 * (A + RANK)).tolist()
    gathered = [Tensor(0 * A), Tensor(0 * A)]
    dist.gather(MINE, gathered, dst=1)
    assert gathered[1].tolist() == ((A + 1) if RANK else 0 * A).tolist()
    whole = Tensor(np.zeros(5, np.float32))
    dist.all_gather_into_tensor_uneven(whole, Tensor(np.full(2 + RANK, RANK, np.float32)), [2, 3])
    assert whole.tolist() == [0, 0, 1, 1, 1]
    part = Tensor(np.zeros(2 + RANK, np.float32))
    dist.reduce_scatter_tensor_uneven(part, whole, [2, 3])
    assert part.tolist() == [2 * RANK] * (2 + RANK)
    got = Tensor(np.zeros(1, np.float32))
    sends = dist.P2POp(dist.isend, Tensor([RANK + 1.0]), other)
    requests = dist.batch_isend_irecv([sends, dist.P2POp("irecv", got, other)])
    assert [r.wait() for r in requests] == [None, None] and got.tolist() == [other + 1]
    if RANK == 0:
        dist.send(MINE, 1)
    else:
        assert dist.recv(mine, 0) == 0 and mine.tolist() == A.tolist()


def test_distributed_exchanges():
    if RANK == 0:
        sent, got = [Tensor(1.0), Tensor([[2, 3], [4, 5.0]])], [Tensor(0.0), Tensor([0, 0.0])]
        expected = [1.0, [2.0, 2.0]]
        rows, taken, splits = [[0, 1, 2.0], [3, 4, 5], [6, 7, 8]], [[0, 1, 2], [3, 4, 5], [9, 10, 11]], [2, 1]
    else:
        sent, got = [Tensor([2, 2.0]), Tensor([4, 5, 6, 7.0])], [Tensor([[0, 0.0], [0, 0]]), Tensor([0, 0, 0, 0.0])]
        expected = [[[2.0, 3.0], [4.0, 5.0]], [4.0, 5.0, 6.0, 7.0]]
        rows, taken, splits = [[9, 10.0, 11], [12, 13, 14]], [[6, 7, 8], [12, 13, 14]], [1, 1]
    dist.all_to_all(got, sent)
    assert [t.tolist() for t in got] == expected
    out = Tensor(np.zeros((len(taken), 3), np.float32))
    dist.all_to_all_single(out, Tensor(rows), splits, splits)
    assert out.tolist() == taken


def test_distributed_objects():
    found = [None, None]
    dist.all_gather_object(found, ["test", {1: 2}][RANK])
    assert found == ["test", {1: 2}]
    objects = ["test", 12, {1: 2}] if RANK == 0 else [None] * 3
    dist.broadcast_object_list(objects)
    assert objects == ["test", 12, {1: 2}]
    mine = [None]
    dist.scatter_object_list(mine, ["a", "b"] if RANK == 1 else None, src=1)
    assert mine == ["ab"[RANK]]
    found = [None, None]
    dist.gather_object(RANK, found if RANK == 0 else None)
    assert found == ([0, 1] if RANK == 0 else [None, None])
    assert dist.new_group([1]) == ("group_1" if RANK == 1 else "") and dist.get_rank("group_1") == RANK - 1
    if RANK == 0:
        dist.broadcast_object_list([1])
    else:
        with pytest.raises(ValueError, match="rank 0 has 1 objects, but this one's list has 2"):
            dist.broadcast_object_list([None, None])
