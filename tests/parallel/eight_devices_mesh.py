"""Eight devices equal one: run by test_mesh.py in a process with eight CPU devices, on the XLA engine."""

import jax
import numpy as np
import pytest

import luojia as lj
from luojia import Tensor, autograd, gluon, nd, nn, ops, parallel
from luojia._src.core.mesh import current_mesh
from luojia.gluon import nn as gnn

X = np.random.RandomState(0).randn(16, 1, 6, 6).astype(np.float32)
Y = np.random.RandomState(1).randint(0, 4, 16).astype(np.int32)


@pytest.fixture(autouse=True)
def one_device_again():
    yield
    lj.set_context(mode=lj.PYNATIVE_MODE)
    lj.reset_auto_parallel_context()


def network(dropout=0.0):
    lj.set_seed(3)
    return nn.SequentialCell(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(p=dropout),
                             nn.Dense(144, 4))


def values(net):
    return {p.name: p.asnumpy() for p in net.get_parameters()}


def step_of(net):
    optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
    step = nn.TrainOneStepCell(nn.WithLossCell(net, nn.SoftmaxCrossEntropyWithLogits(True, "mean")), optimizer)
    return step.set_train()


def spread(count=8):
    lj.set_auto_parallel_context(parallel_mode=lj.ParallelMode.DATA_PARALLEL, gradients_mean=True, device_num=count)


def assert_same(a, b):
    assert a.keys() == b.keys()
    for k in a:
        np.testing.assert_allclose(a[k], b[k], rtol=2e-5, atol=1e-6, err_msg=k)


def trained(dropout=0.0, steps=3, mode=lj.GRAPH_MODE):
    net = network(dropout)
    step = step_of(net)
    lj.set_context(mode=mode)
    return [float(step(Tensor(X), Tensor(Y))) for _ in range(steps)], values(net)


def is_whole(t):
    return t._value.sharding.is_fully_replicated and len(t._value.sharding.device_set) == 8


def test_a_step_in_graph_mode():
    losses, weights = trained()
    spread()
    many, others = trained()
    np.testing.assert_allclose(losses, many, rtol=1e-5)
    assert_same(weights, others)


def test_dropout_draws_the_numbers_of_one_device():
    losses, weights = trained(dropout=0.5)
    spread()
    many, others = trained(dropout=0.5)
    np.testing.assert_allclose(losses, many, rtol=1e-5)
    assert_same(weights, others)


def test_eager_runs_on_one_device():
    losses, _ = trained(mode=lj.PYNATIVE_MODE)
    spread()
    np.testing.assert_allclose(trained(mode=lj.PYNATIVE_MODE)[0], losses, rtol=1e-6)


def test_the_batch_lies_in_parts_and_the_parameters_on_every_device():
    spread()
    net = network()
    step = step_of(net)
    lj.set_context(mode=lj.GRAPH_MODE)
    x, y = Tensor(X), Tensor(Y)
    step(x, y)
    assert [s.data.shape for s in x._value.addressable_shards] == [(2, 1, 6, 6)] * 8
    assert len({s.device for s in y._value.addressable_shards}) == 8
    assert all(map(is_whole, [*net.get_parameters(), *step.optimizer.moments]))
    before = x._value
    step(x, y)
    assert x._value is before and step._luojia_compiled.traces == ["first call"]  # nothing is placed twice, or compiled
    assert all(map(is_whole, net.get_parameters()))


def test_a_functional_step():
    def run():
        net = network()
        optimizer = nn.Adam(net.trainable_params(), 0.01)
        loss_fn = nn.SoftmaxCrossEntropyWithLogits(True, "mean")
        net.set_train()
        grad_fn = ops.value_and_grad(lambda x, y: loss_fn(net(x), y), None, optimizer.parameters)

        @lj.jit
        def train_step(x, y):
            loss, grads = grad_fn(x, y)
            optimizer(grads)
            return loss

        return [float(train_step(Tensor(X), Tensor(Y))) for _ in range(3)], values(net)

    losses, weights = run()
    spread()
    many, others = run()
    np.testing.assert_allclose(losses, many, rtol=1e-5)
    assert_same(weights, others)


def test_networks_and_optimizers_that_are_compiled_apart():
    """The gradients that an optimizer is called with are no batch, whatever their first axis is."""
    def run():
        net = network()
        optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
        loss_fn = nn.SoftmaxCrossEntropyWithLogits(True, "mean")
        grad_fn = ops.value_and_grad(lambda x, y: loss_fn(net.set_train()(x), y), None, optimizer.parameters)
        for _ in range(2):
            _, grads = grad_fn(Tensor(X), Tensor(Y))
            optimizer(grads)
        return net

    lj.set_context(mode=lj.GRAPH_MODE)
    one = values(run())
    spread()
    many = run()
    assert_same(one, values(many))
    assert all(map(is_whole, many.trainable_params()))


def test_model_train():
    batches = [(X, Y), (X[::-1].copy(), Y[::-1].copy())]
    told = []

    class Told(lj.Callback):
        def on_train_begin(self, run_context):
            params = run_context.original_args()
            told.append((params.parallel_mode, params.device_number))

    def run():
        net = network()
        model = lj.Model(net, nn.SoftmaxCrossEntropyWithLogits(True, "mean"), nn.SGD(net.trainable_params(), 0.1),
                         metrics={"accuracy", "loss"})
        model.train(2, [(Tensor(x), Tensor(y)) for x, y in batches], [Told()], dataset_sink_mode=False)
        return model.eval([(Tensor(X[:5]), Tensor(Y[:5]))]), values(net)  # five rows do not divide by eight

    lj.set_context(mode=lj.GRAPH_MODE)
    scores, weights = run()
    spread()
    many, others = run()
    assert scores == pytest.approx(many, rel=1e-5) and told == [("stand_alone", 1), ("data_parallel", 8)]
    assert_same(weights, others)


def test_gluons_three_calls():
    def run():
        lj.random.seed(4)
        net = gnn.HybridSequential()
        net.add(gnn.Dense(8), gnn.BatchNorm(), gnn.Dropout(0.3), gnn.Dense(4))
        net.initialize()
        net.hybridize()
        loss = gluon.loss.SoftmaxCrossEntropyLoss()
        loss.hybridize()
        net(nd.array(X[:8]))
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
        losses = []
        for _ in range(3):
            with autograd.record():
                found = loss(net(nd.array(X)), nd.array(Y))
            found.backward()
            trainer.step(16)
            losses.append(found.asnumpy())
        return losses, [p.data().asnumpy() for p in net.collect_params().values()], net

    losses, weights, _ = run()
    with parallel.Mesh(8):
        many, others, net = run()
        assert is_whole(net[0].weight.data()) and is_whole(net[0].weight.grad())
    np.testing.assert_allclose(losses, many, rtol=1e-4, atol=1e-6)
    for a, b in zip(weights, others):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


def test_gradients_of_gradients():
    w = lj.Parameter(Tensor(np.float32([0.5, -1.0, 2.0])), name="w")

    @lj.jit
    def f(x):
        return (ops.tanh(x @ w) ** 2).sum()

    x = Tensor(np.random.RandomState(2).randn(16, 3).astype(np.float32))

    def second():
        inner = ops.GradOperation()(f)
        return ops.GradOperation()(lambda x: (inner(x) ** 2).sum())(x).asnumpy()

    one = second()
    with parallel.Mesh():
        np.testing.assert_allclose(second(), one, rtol=1e-5, atol=1e-6)


def test_data_parallel_compiles_in_pynative_mode():
    net = network()
    step = parallel.data_parallel(step_of(net), [lj.cpu(i) for i in range(4)])
    x = Tensor(X)
    step(x, Tensor(Y))
    assert [s.data.shape[0] for s in x._value.addressable_shards] == [4] * 4
    assert current_mesh(lj.cpu(0)) is None


def test_a_batch_that_does_not_divide():
    spread()
    net = network()
    step = step_of(net)
    lj.set_context(mode=lj.GRAPH_MODE)
    before = values(net)
    with pytest.raises(ValueError, match="TrainOneStepCell expects a batch that divides by the 8 devices it runs on, "
                                         "got 12 rows; leave out what is over .*drop_remainder=True"):
        step(Tensor(X[:12]), Tensor(Y[:12]))
    for name, value in values(net).items():
        np.testing.assert_array_equal(value, before[name])
    assert np.isfinite(float(step(Tensor(X), Tensor(Y))))


def test_only_the_rows_of_the_batch_are_parted():
    with parallel.Mesh(8):
        f = lj.jit(lambda x, table, scale: (x @ table) * scale)
        x, table, scale = Tensor(np.ones((16, 24), np.float32)), Tensor(np.ones((24, 3), np.float32)), Tensor(2.0)
        np.testing.assert_array_equal(f(x, table, scale).asnumpy(), np.full((16, 3), 48.0))
    assert not x._value.sharding.is_fully_replicated and is_whole(table) and is_whole(scale)


def test_a_recurrent_network_with_time_first():
    x = np.random.RandomState(5).randn(3, 16, 4).astype(np.float32)  # (T, N, C)

    def run(*meshes):
        lj.random.seed(4)
        net = gluon.rnn.LSTM(5, input_size=4)
        net.initialize()
        step = lj.jit(lambda a, start: net(a, start))
        a, start = nd.array(x), net.begin_state(16)
        for mesh in meshes or (None,):
            if mesh is None:
                out, state = step(a, start)
            else:
                with mesh:
                    out, state = step(a, start)
        return out.asnumpy(), state[0].asnumpy(), a, start, step

    one, many = run(), run(parallel.Mesh(8, batch_axis=1), parallel.Mesh(8, batch_axis=1))
    np.testing.assert_allclose(many[0], one[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(many[1], one[1], rtol=1e-5, atol=1e-6)
    assert {s.data.shape for s in many[2]._value.addressable_shards} == {(3, 2, 4)}
    assert {s.data.shape for s in many[3][0]._value.addressable_shards} == {(1, 2, 5)}
    assert many[4].traces == ["first call"]  # the second mesh is the first
    assert repr(parallel.Mesh(2, batch_axis=1)) == "Mesh([cpu(0), cpu(1)], batch_axis=1)"


def test_eager_operators_do_not_wait_for_each_other():
    """On CPU, two programs at a time that add up over devices could wait for each other until XLA ends the process."""
    with parallel.Mesh(8):
        y = lj.jit(lambda x: x * 2)(Tensor(np.ones((64, 64), np.float32)))
        sums = [(y * float(i % 3)).sum() + (y.T @ y).mean() for i in range(100)]
        assert float(sums[-1]) == 256
        assert ops.masked_select(y, y > 0).shape == (64 * 64,)


def test_constants_of_a_gluon_graph_are_no_batch():
    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.table = self.params.get_constant("table", nd.array(np.arange(10.0)))

        def hybrid_forward(self, F, x, table):
            return F.broadcast_add(x, table)

    net = Net()
    net.initialize()
    net.hybridize()
    with parallel.Mesh(8), autograd.record():
        out = net(nd.ones((16, 10)))
    np.testing.assert_array_equal(out.asnumpy()[3], np.arange(10.0) + 1)


def test_what_lies_on_the_mesh_meets_what_does_not():
    net = network()
    step = step_of(net)
    lj.set_context(mode=lj.GRAPH_MODE)
    with parallel.Mesh(8):
        step(Tensor(X), Tensor(Y))
        loss = step(Tensor(X), Tensor(Y))
        assert np.isfinite(float(loss + Tensor(1.0)))
    w = net[5].weight
    np.testing.assert_array_equal((w * Tensor(np.float32(2))).asnumpy(), w.asnumpy() * 2)
    alone = float(step(Tensor(X), Tensor(Y)))  # goes on without the mesh, on what the mesh left
    assert alone < float(loss)
    x = lj.Parameter(Tensor(np.ones((5, 4), np.float32)), name="x")
    grad = ops.grad(lambda a: (a * w[:, :4].sum()).sum())(x)
    assert grad.shape == (5, 4)


def test_what_else_holds_an_array_keeps_it():
    """A step uses up its parameters' memory; who shares the values still has them, before and after the mesh."""
    f = lj.jit(lambda x: ops.assign_add(w, x.sum(0)))
    w = lj.Parameter(Tensor(np.ones(64, np.float32)), name="w")
    before = Tensor(w)
    x = Tensor(np.ones((8, 64), np.float32))
    with parallel.Mesh(8):
        f(x)
        f(x)
        after = nd.array(w.asnumpy())
        there = gluon.utils.to_context(w, lj.cpu(1))
        f(x)
    np.testing.assert_array_equal(before.asnumpy(), np.ones(64))
    np.testing.assert_array_equal(there.asnumpy(), after.asnumpy())
    np.testing.assert_array_equal(w.asnumpy(), np.full(64, 25.0))


def test_eager_work_on_what_the_mesh_left():
    w = lj.Parameter(Tensor(np.ones((8, 3), np.float32)), name="w")
    net = lj.jit(lambda x: (x @ w).sum())
    x = Tensor(np.ones((16, 8), np.float32))
    with parallel.Mesh(8):
        net(x)
    assert is_whole(w)
    w[1] = Tensor(np.float32([2, 2, 2]))
    w[0] = 3.0
    np.testing.assert_array_equal(w.asnumpy()[:3, 0], [3, 2, 1])
    np.testing.assert_array_equal(np.from_dlpack(w), w.asnumpy())
    kv = lj.kv.create("local")
    kv.init(0, nd.zeros((8, 3)))
    kv.push(0, [nd.ones((8, 3)), w])
    assert float(ops.assign_add(w, Tensor(np.ones((8, 3), np.float32))).sum()) == 33 + 24


def test_gradients_of_the_mesh_and_of_one_device_add_up():
    def run():
        a = nd.ones((8, 3))
        a.attach_grad("add")
        net = gnn.HybridLambda("square")
        net.hybridize()
        with autograd.record():
            before = (a * 3).sum()
            loss = before + net(a).sum()
        loss.backward()
        with autograd.record():
            loss = (a * a).sum()
        loss.backward()
        return a.grad.asnumpy()

    one = run()
    with parallel.Mesh(8):
        np.testing.assert_allclose(run(), one)


def test_what_cannot_be_compiled_runs_on_one_device():
    w = lj.Parameter(Tensor(np.ones(3, np.float32)), name="w")

    @lj.jit
    def f(x):
        return (x * w).sum() if float(x.sum()) > 0 else w.sum()

    with parallel.Mesh(8):
        lj.jit(lambda x: ops.assign_add(w, x.sum(0)))(Tensor(np.ones((8, 3), np.float32)))
        with pytest.warns(UserWarning, match="f runs eagerly, as it cannot be compiled"):
            assert float(f(Tensor(np.ones((16, 3), np.float32)))) == 16 * 27
        assert float(f(Tensor(-np.ones((16, 3), np.float32)))) == 27


def test_checkpoints_of_the_mesh(tmp_path):
    spread()
    lj.set_context(mode=lj.GRAPH_MODE)
    net = network()
    step = step_of(net)
    step(Tensor(X), Tensor(Y))
    lj.save_checkpoint(net, str(tmp_path / "net.ckpt"))
    saved, after = values(net), float(step(Tensor(X), Tensor(Y)))
    lj.load_param_into_net(net, lj.load_checkpoint(str(tmp_path / "net.ckpt")))
    assert_same(values(net), saved)
    assert float(step(Tensor(X), Tensor(Y))) == pytest.approx(after, rel=1e-5)
    assert all(map(is_whole, net.get_parameters()))


@pytest.mark.parametrize("collective", [
    ops.AllReduce("max"), ops.AllGather(), ops.ReduceScatter(), ops.AlltoAll(1, 0, 0),
    lambda x: ops.Broadcast(0)((x,))[0], lambda x: nn.DistributedGradReducer([])((x,))[0]])
def test_collectives_are_of_processes(collective):
    """A process is one rank, whatever devices it has: in a world of one the collectives give back what they get."""
    lj.communication.init()
    spread()
    x = np.arange(32, dtype=np.float32).reshape(16, 2)
    f = lj.jit(lambda x: collective(x * 2) / lj.communication.get_group_size())
    np.testing.assert_array_equal(f(Tensor(x)).asnumpy(), x * 2)
    np.testing.assert_array_equal(ops.grad(lambda x: (f(x) * x).sum())(Tensor(x)).asnumpy(), 4 * x)


def test_settings_choose_the_mesh():
    lj.set_auto_parallel_context(parallel_mode="data_parallel")
    assert current_mesh(lj.cpu(0)).size == 8 and current_mesh(lj.cpu(1)) is None
    spread(2)
    assert current_mesh(lj.cpu(0)).size == 2
    lj.set_auto_parallel_context(device_num=1)
    assert current_mesh(lj.cpu(0)) is None
    lj.set_auto_parallel_context(device_num=4)
    assert current_mesh(lj.cpu(0)).size == 4
    lj.set_auto_parallel_context(parallel_mode="stand_alone")
    assert current_mesh(lj.cpu(0)) is None
    lj.reset_auto_parallel_context()
    lj.set_auto_parallel_context(parallel_mode="data_parallel")
    assert current_mesh(lj.cpu(0)).size == 8


def test_more_devices_than_there_are():
    message = (r"Mesh: 9 devices were asked for, and cpu\(8\) is not there: JAX has 8 of this kind; "
               r"XLA_FLAGS=--xla_force_host_platform_device_count=9 .* or ask for at most 8")
    with pytest.raises(RuntimeError, match=message):
        spread(9)
    assert lj.get_auto_parallel_context("parallel_mode") == "stand_alone"
    with pytest.raises(RuntimeError, match=r"2 devices were asked for, and cpu\(8\) is not there"):
        parallel.Mesh([lj.cpu(0), lj.cpu(8)])


def test_there_are_eight():
    assert len(jax.devices()) == 8 and repr(parallel.Mesh(2)) == "Mesh([cpu(0), cpu(1)])"
