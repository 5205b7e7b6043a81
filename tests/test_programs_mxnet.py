"""Training programs as MXNet's books write them. The numbers are what mxnet 1.9.1 prints for the same text."""

import random

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd, sym
from luojia.gluon import nn, rnn


@pytest.fixture
def rng():
    return np.random.RandomState(0)


def draw(net, rng, scale, only=""):
    for name, p in net.collect_params().items():
        if only in name:
            p.set_data(nd.array(rng.randn(*p.shape) * scale))


def test_a_perceptron_over_a_data_loader(rng, tmp_path):
    x = nd.array(rng.randn(64, 8))
    y = nd.array((x.asnumpy().sum(1) > 0).astype("f"))
    net = nn.HybridSequential(prefix="m_")
    with net.name_scope():
        net.add(nn.Dense(16, activation="relu"), nn.Dropout(0.0), nn.Dense(2))
    net.initialize()
    net(x[:1])
    draw(net, rng, 0.3)
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9, "wd": 1e-3})
    loss, accuracy = gluon.loss.SoftmaxCrossEntropyLoss(), mx.metric.Accuracy()
    totals, accuracies = [], []
    for _ in range(3):
        accuracy.reset()
        total = 0
        for data, label in gluon.data.DataLoader(gluon.data.ArrayDataset(x, y), 16, last_batch="keep"):
            with autograd.record():
                out = net(data)
                ls = loss(out, label)
            ls.backward()
            trainer.step(data.shape[0])
            accuracy.update([label], [out])
            total += ls.mean().asscalar()
        totals.append(total)
        accuracies.append(accuracy.get()[1])
    np.testing.assert_allclose(totals, [3.9468, 2.3104, 1.4589], atol=2e-4)
    assert accuracies == [0.5625, 0.640625, 0.8125]
    net.export(str(tmp_path / "e"), 0)
    again = gluon.SymbolBlock.imports(str(tmp_path / "e-symbol.json"), ["data"], str(tmp_path / "e-0000.params"))
    np.testing.assert_allclose(again(x).asnumpy(), net(x).asnumpy(), atol=1e-6)


def test_lenet_with_adam(rng):
    net = nn.HybridSequential()
    net.add(nn.Conv2D(6, 5, activation="relu"), nn.MaxPool2D(2, 2), nn.Conv2D(8, 3, activation="relu"),
            nn.MaxPool2D(2, 2), nn.Flatten(), nn.Dense(12, activation="relu"), nn.Dense(4))
    net.initialize()
    x, y = nd.array(rng.rand(8, 1, 20, 20)), nd.array([0, 1, 2, 3, 0, 1, 2, 3])
    net(x)
    draw(net, rng, 0.2)
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01})
    loss, seen = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for _ in range(5):
        with autograd.record():
            ls = loss(net(x), y)
        ls.backward()
        trainer.step(8)
        seen.append(ls.mean().asscalar())
    np.testing.assert_allclose(seen, [1.4073, 1.3658, 1.3548, 1.3375, 1.3147], atol=2e-4)


class Residual(nn.HybridBlock):
    def __init__(self, channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = nn.Conv2D(channels, kernel_size=3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(channels, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2D(channels, kernel_size=1, strides=strides) if use_1x1conv else None
        self.bn1 = nn.BatchNorm()
        self.bn2 = nn.BatchNorm()

    def hybrid_forward(self, F, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.conv3:
            x = self.conv3(x)
        return F.relu(y + x)


def test_a_residual_network_eager_then_hybrid(rng):
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"), Residual(4), Residual(8, True, 2),
            nn.GlobalAvgPool2D(), nn.Dense(3))
    net.initialize()
    x, y = nd.array(rng.rand(4, 1, 8, 8)), nd.array([0, 1, 2, 0])
    net(x)
    draw(net, rng, 0.2, "weight")
    loss, seen = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for hybrid in (False, True):
        if hybrid:
            net.hybridize(static_alloc=True, static_shape=True)
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.05})
        for _ in range(3):
            with autograd.record():
                ls = loss(net(x), y)
            ls.backward()
            trainer.step(4)
            seen.append(ls.mean().asscalar())
    np.testing.assert_allclose(seen, [1.160, 1.121, 1.085, 1.054, 1.030, 1.008], atol=1e-3)
    running = [p.data().mean().asscalar() for n, p in net.collect_params().items() if "running" in n]
    expected = [0.008, 0.543, -0.131, 0.717, -0.056, 0.758, -0.271, 0.868, 0.117, 0.823]
    np.testing.assert_allclose(running, expected, atol=1e-3)


class RNNModel(gluon.Block):
    """An LSTM language model whose decoder shares the embedding's weight."""

    def __init__(self, vocabulary, width, layers, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.encoder = nn.Embedding(vocabulary, width, weight_initializer=mx.init.Uniform(0.1))
            self.rnn = rnn.LSTM(width, layers, input_size=width)
            self.decoder = nn.Dense(vocabulary, in_units=width, params=self.encoder.params)
        self.width = width

    def forward(self, x, state):
        out, state = self.rnn(self.encoder(x), state)
        return self.decoder(out.reshape((-1, self.width))), state


def test_a_language_model_with_truncated_backpropagation(rng):
    model = RNNModel(10, 6, 2)
    model.initialize()
    assert [n.split("_", 1)[1] for n in model.collect_params()][-1] == "embedding0_bias"
    draw(model, rng, 0.2)
    trainer = gluon.Trainer(model.collect_params(), "sgd", {"learning_rate": 1.0})
    loss, data = gluon.loss.SoftmaxCrossEntropyLoss(), nd.array(rng.randint(0, 10, (12, 3)))
    state, seen = model.rnn.begin_state(func=mx.nd.zeros, batch_size=3, ctx=mx.cpu()), []
    for i in range(0, 8, 4):
        state = [s.detach() for s in state]
        with autograd.record():
            out, state = model(data[i : i + 4], state)
            ls = loss(out, data[i + 1 : i + 5].reshape((-1,)))
        ls.backward()
        norm = gluon.utils.clip_global_norm([p.grad() for p in model.collect_params().values()], 0.2 * 4 * 3)
        trainer.step(12)
        seen.append((ls.mean().asscalar(), norm))
    np.testing.assert_allclose(seen, [(2.2640, 2.6369), (2.4541, 4.7982)], atol=2e-4)
    np.testing.assert_allclose(state[0].asnumpy()[1, 0], [-0.155, -0.101, 0.0402, 0.0612, -0.29, -0.24], atol=1e-3)


def test_learning_an_edge_detector():
    conv = nn.Conv2D(1, kernel_size=(1, 2))
    conv.initialize(mx.init.One())
    x = nd.ones((6, 8))
    x[:, 2:6] = 0
    y = (x[:, :-1] - x[:, 1:]).reshape((1, 1, 6, 7))
    x = x.reshape((1, 1, 6, 8))
    seen = []
    for _ in range(5):
        with autograd.record():
            ls = (conv(x) - y) ** 2
        ls.backward()
        conv.weight.data()[:] -= 3e-2 * conv.weight.grad()
        seen.append(ls.sum().asscalar())
    np.testing.assert_allclose(seen, [72, 43.315, 26.589, 16.553, 10.404], atol=2e-3)
    np.testing.assert_allclose(conv.weight.data().asnumpy().reshape(-1), [0.565, -1.22], atol=5e-3)


def test_two_devices(rng):
    ctx = [mx.cpu(0), mx.cpu(1)]
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3), nn.BatchNorm(), nn.Dense(2))
    net.initialize(mx.init.One(), ctx=ctx)
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01}, kvstore="device")
    x, y, loss, seen = rng.rand(8, 1, 6, 6), np.array([0, 1] * 4), gluon.loss.SoftmaxCrossEntropyLoss(), []
    for _ in range(2):
        data, labels = gluon.utils.split_and_load(nd.array(x), ctx), gluon.utils.split_and_load(nd.array(y), ctx)
        with autograd.record():
            losses = [loss(net(d), label) for d, label in zip(data, labels)]
        for ls in losses:
            ls.backward()
        trainer.step(8)
        seen.append([ls.mean().asscalar() for ls in losses])
    np.testing.assert_allclose(seen, [[0.693, 0.693], [0.662, 0.669]], atol=1e-3)
    first, second = net[2].weight.list_data()
    np.testing.assert_array_equal(first.asnumpy(), second.asnumpy())


def test_a_module_on_two_devices(rng, tmp_path):
    net = sym.FullyConnected(data=sym.Variable("data"), name="fc1", num_hidden=16)
    net = sym.Activation(data=net, name="relu1", act_type="relu")
    net = sym.SoftmaxOutput(sym.FullyConnected(net, name="fc2", num_hidden=2), name="softmax")
    x = rng.randn(100, 10).astype("f")
    y = (x[:, 0] + x[:, 1] > 0).astype("f")
    train = mx.io.NDArrayIter(x[:80], y[:80], 20, shuffle=False)
    test = mx.io.NDArrayIter(x[80:], y[80:], 20)
    module = mx.mod.Module(symbol=net, context=[mx.cpu(0), mx.cpu(1)])
    given = {n: nd.array(rng.randn(*s) * 0.2)
             for n, s in zip(net.list_arguments(), net.infer_shape(data=(20, 10))[0])
             if n not in ("data", "softmax_label")}
    module.fit(train, eval_data=test, optimizer_params={"learning_rate": 0.5, "momentum": 0.9},
               eval_metric=["acc", "ce"], num_epoch=4, arg_params=given, aux_params={},
               batch_end_callback=mx.callback.Speedometer(20, 2),
               epoch_end_callback=mx.callback.do_checkpoint(str(tmp_path / "m"), 2))
    scores = dict(module.score(test, ["acc", "ce"]))
    assert scores["accuracy"] == pytest.approx(0.85) and scores["cross-entropy"] == pytest.approx(0.6749, abs=2e-3)
    np.testing.assert_allclose(module.get_params()[0]["fc2_bias"].asnumpy(), [-0.201, 0.584], atol=2e-3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m-0002.params", "m-0004.params", "m-symbol.json"]
    symbol, arg_params, aux_params = mx.model.load_checkpoint(str(tmp_path / "m"), 4)
    features = mx.mod.Module(symbol.get_internals()["relu1_output"], label_names=None)
    features.bind([("data", (20, 10))], for_training=False)
    features.init_params(arg_params=arg_params, aux_params=aux_params, allow_extra=True)
    features.forward(mx.io.DataBatch([nd.array(x[80:])]))
    assert features.get_outputs()[0].shape == (20, 16)


def test_bucketing_with_cells():
    np.random.seed(0)
    random.seed(0)
    lengths = np.random.RandomState(3)
    words = [[str((s + i) % 7) for i in range(lengths.randint(3, 7))] for s in lengths.randint(0, 7, 60)]
    coded, vocabulary = mx.rnn.encode_sentences(words, start_label=1, invalid_label=0)
    train = mx.rnn.BucketSentenceIter(coded, 4, buckets=[4, 6], invalid_label=0)
    stack = mx.rnn.SequentialRNNCell()
    for i in range(2):
        stack.add(mx.rnn.LSTMCell(num_hidden=8, prefix=f"lstm_l{i}_"))

    def sym_gen(length):
        data, label = sym.Variable("data"), sym.Variable("softmax_label")
        embed = sym.Embedding(data=data, input_dim=len(vocabulary), output_dim=5, name="embed")
        stack.reset()
        outputs, _ = stack.unroll(length, inputs=embed, merge_outputs=True)
        out = sym.FullyConnected(sym.Reshape(outputs, shape=(-1, 8)), num_hidden=len(vocabulary), name="pred")
        out = sym.SoftmaxOutput(data=out, label=sym.Reshape(label, shape=(-1,)), name="softmax")
        return out, ("data",), ("softmax_label",)

    model = mx.mod.BucketingModule(sym_gen=sym_gen, default_bucket_key=train.default_bucket_key, context=mx.cpu())
    model.bind(train.provide_data, train.provide_label)
    graph, draw = sym_gen(6)[0], np.random.RandomState(1)
    shapes = dict(zip(graph.list_arguments(), graph.infer_shape(data=(4, 6), softmax_label=(4, 6))[0]))
    args = {n: nd.array(draw.randn(*s) * 0.3) for n, s in sorted(shapes.items()) if n not in ("data", "softmax_label")}
    metric, seen = mx.metric.Perplexity(0), []
    model.fit(train_data=train, eval_metric=metric, kvstore="device", optimizer="sgd",
              optimizer_params={"learning_rate": 0.5, "momentum": 0.9, "wd": 1e-5}, arg_params=args, aux_params={},
              num_epoch=4, epoch_end_callback=lambda *_: seen.append(metric.get()[1]))
    np.testing.assert_allclose(seen, [11.6062, 11.7372, 6.0181, 8.3085], rtol=2e-3)
    assert dict(model.score(train, mx.metric.Perplexity(0)))["perplexity"] == pytest.approx(5.597, rel=5e-3)


def test_linear_classification_of_sparse_data(tmp_path):
    rng = np.random.RandomState(0)
    dense = rng.rand(40, 20) * (rng.rand(40, 20) < 0.2)
    classes = (dense.sum(1) > np.median(dense.sum(1))).astype("f")
    lines = [f"{int(c)} " + " ".join(f"{i}:{v:.4f}" for i, v in enumerate(row) if v) for c, row in zip(classes, dense)]
    (tmp_path / "train.svm").write_text("\n".join(lines))
    batches = mx.io.LibSVMIter(data_libsvm=str(tmp_path / "train.svm"), data_shape=(20,), batch_size=10)
    first = batches.next()
    assert first.data[0].indptr.asnumpy().tolist() == [0, 3, 8, 13, 15, 16, 22, 26, 30, 34, 36]
    data, label = sym.Variable("data", stype="csr"), sym.Variable("softmax_label")
    weight = sym.Variable("weight", stype="row_sparse", shape=(20, 2), init=mx.init.One())
    bias = sym.Variable("bias", shape=(2,), init=mx.init.Zero())
    out = sym.broadcast_add(sym.sparse.dot(data, weight), bias)
    module = mx.mod.Module(sym.SoftmaxOutput(data=out, label=label, name="out"))
    module.bind(data_shapes=batches.provide_data, label_shapes=batches.provide_label)
    module.init_params()
    assert {k: v.stype for k, v in module.get_params()[0].items()} == {"weight": "row_sparse", "bias": "default"}
    module.init_optimizer(optimizer=mx.optimizer.SGD(learning_rate=0.5, rescale_grad=1 / 10))
    metric, seen = mx.metric.create(["acc", "nll_loss"]), []
    for _ in range(3):
        batches.reset()
        metric.reset()
        for batch in batches:
            module.forward(batch, is_train=True)
            module.update_metric(metric, batch.label)
            module.backward()
            module.update()
        seen.append(metric.get()[1])
    np.testing.assert_allclose(seen, [[0.525, 0.6945], [0.675, 0.6522], [0.825, 0.6156]], atol=6e-5)
    rows = module.get_params()[0]["weight"].asnumpy()[:3]
    np.testing.assert_allclose(rows, [[0.8393, 1.1607], [1.0496, 0.9504], [0.744, 1.256]], atol=6e-5)


def test_an_embedding_with_sparse_gradients_under_adam():
    net = nn.HybridSequential()
    with net.name_scope():
        net.add(nn.Embedding(10, 4, sparse_grad=True, weight_initializer=mx.init.Constant(0.1)), nn.Flatten(),
                nn.Dense(1, weight_initializer=mx.init.Constant(0.2)))
    net.initialize()
    trainer, loss = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.1}), gluon.loss.L2Loss()
    seen = []
    for _ in range(3):
        with autograd.record():
            total = loss(net(nd.array([[1, 2], [2, 3]])), nd.array([1, 0]))
        total.backward()
        trainer.step(2)
        seen.append(total.mean().asscalar())
    np.testing.assert_allclose(seen, [0.1828, 0.073, 0.0535], atol=1e-5)
    assert net[0].weight.grad().indices.asnumpy().tolist() == [1, 2, 3]
    np.testing.assert_allclose(net[0].weight.data().asnumpy()[:4, 0], [0.1, 0.3645, 0.2599, -0.1817], atol=6e-5)
