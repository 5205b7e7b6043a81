"""Module and BucketingModule: states, training, several devices, checkpoints. Expected behaviour: mxnet 1.9.1."""

import collections
import logging

import numpy as np
import pytest

import luojia as mx
from luojia import model, module, sym
from luojia._src.errors import FormatError, MXNetError, NotSupportedError

DATA, LABELS = [("data", (6, 4))], [("softmax_label", (6,))]


def classifier(hidden=3):
    return sym.SoftmaxOutput(sym.FullyConnected(sym.var("data"), num_hidden=hidden, name="fc"), name="softmax")


@pytest.fixture
def samples():
    """Twenty points whose class is where they are largest."""
    x = np.random.RandomState(0).randn(20, 3).astype(np.float32)
    return x, x.argmax(axis=1).astype(np.float32)


def iterator(samples, batch_size=6):
    return mx.io.NDArrayIter(*samples, batch_size=batch_size)


def ready(**how):
    net = mx.mod.Module(classifier(), **how)
    net.bind(DATA, LABELS)
    net.init_params(mx.init.One())
    return net


def batch(n=6, width=4):
    rng = np.random.RandomState(1)
    return mx.io.DataBatch([mx.nd.array(rng.randn(n, width))], [mx.nd.array(rng.randint(0, 3, n))])


def test_states_and_shapes():
    net = mx.mod.Module(classifier())
    assert not (net.binded or net.params_initialized or net.optimizer_initialized)
    net.bind(DATA, LABELS)
    assert net.binded and net.data_shapes == DATA and net.label_shapes == LABELS
    assert net.output_names == ["softmax_output"] and net.output_shapes == [("softmax_output", (6, 3))]
    net.init_params()
    net.init_optimizer()
    assert net.params_initialized and net.optimizer_initialized
    assert net._optimizer.rescale_grad == 1 / 6 and net._optimizer.wd_mult == {"fc_bias": 0.0}


def test_a_step():
    net = ready(fixed_param_names=["fc_bias"])
    net.init_optimizer(optimizer_params={"learning_rate": 0.5})
    given = batch()
    net.forward_backward(given)
    (out,) = net.get_outputs()
    error = out.asnumpy() - np.eye(3)[given.label[0].asnumpy().astype(int)]
    net.update()
    arg_params, aux_params = net.get_params()
    expected = 1 - 0.5 / 6 * error.T @ given.data[0].asnumpy()
    np.testing.assert_allclose(arg_params["fc_weight"].asnumpy(), expected, rtol=1e-5)
    assert arg_params["fc_bias"].asnumpy().tolist() == [0, 0, 0] and aux_params == {}


def test_fit_score_and_predict(samples, caplog):
    net = mx.mod.Module(classifier())
    seen = []
    with caplog.at_level(logging.INFO):
        mx.random.seed(0)
        net.fit(iterator(samples), eval_data=iterator(samples), num_epoch=12, optimizer="adam",
                optimizer_params={"learning_rate": 0.2}, batch_end_callback=lambda p: seen.append((p.epoch, p.nbatch)),
                epoch_end_callback=[lambda epoch, symbol, arg, aux: seen.append(sorted(arg))])
    assert seen[:6] == [(0, 0), (0, 1), (0, 2), (0, 3), ["fc_bias", "fc_weight"], (1, 0)]
    messages = [r.getMessage() for r in caplog.records]
    for start in ("Epoch[0] Train-accuracy=", "Epoch[0] Time cost=", "Epoch[11] Validation-accuracy="):
        assert any(m.startswith(start) for m in messages)
    assert net.score(iterator(samples), "acc")[0][1] > 0.9
    found = net.predict(iterator(samples))
    assert found.shape == (20, 3) and (found.asnumpy().argmax(axis=1) == samples[1]).mean() > 0.9
    assert [len(o) for o in net.predict(iterator(samples), merge_batches=False)] == [1] * 4
    assert net.predict(iterator(samples), num_batch=1, always_output_list=True)[0].shape == (6, 3)
    assert net.predict(mx.nd.array(samples[0])).shape == (20, 3)
    assert [(o[0].shape, i) for o, i, _ in net.iter_predict(iterator(samples))][-1] == ((2, 3), 3)


def test_several_devices_train_as_one():
    results = []
    for context in (mx.cpu(), [mx.cpu(0), mx.cpu(1)]):
        net = ready(context=context)
        net.init_optimizer(optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
        for _ in range(3):
            net.forward_backward(batch())
            net.update()
        results.append((net.get_params()[0]["fc_weight"].asnumpy(), net.get_outputs()[0].asnumpy()))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-5)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-5)
    assert [len(o) for o in net.get_outputs(merge_multi_context=False)] == [2]


def test_gradients_of_inputs():
    net = mx.mod.Module(classifier())
    net.bind(DATA, LABELS, inputs_need_grad=True)
    net.init_params(mx.init.One())
    net.forward_backward(batch())
    assert net.get_input_grads()[0].shape == (6, 4)


def test_head_gradients():
    net = mx.mod.Module(sym.FullyConnected(sym.var("data"), num_hidden=3, name="fc"), label_names=None)
    net.bind(DATA, inputs_need_grad=True)
    net.init_params(mx.init.One())
    net.forward(mx.io.DataBatch([mx.nd.ones((6, 4))]), is_train=True)
    net.backward([mx.nd.ones((6, 3))])
    assert net.get_input_grads()[0].asnumpy().tolist() == [[3] * 4] * 6


def test_batches_of_another_size():
    net = ready()
    net.forward(batch(2), is_train=False)
    assert net.get_outputs()[0].shape == (2, 3) and net.data_shapes == [("data", (2, 4))]
    net.forward(batch(9), is_train=False)
    assert net.get_outputs()[0].shape == (9, 3)


def test_set_params_and_shared_modules():
    net, other = ready(), mx.mod.Module(classifier())
    net.init_optimizer()
    other.bind([("data", (2, 4))], [("softmax_label", (2,))], shared_module=net)
    net.set_params({"fc_weight": mx.nd.ones((3, 4)) * 5, "fc_bias": mx.nd.ones((3,)), "more": mx.nd.ones((1,))}, {})
    assert other.get_params()[0]["fc_weight"].asnumpy().tolist() == [[5] * 4] * 3
    assert other.optimizer_initialized and other._updater is net._updater


def test_inputs_of_different_batch_sizes_are_refused():
    net = mx.mod.Module(classifier())
    with pytest.raises(AssertionError, match="same batch size: batch_size = 2, but softmax_label has shape"):
        net.bind([("data", (2, 4))], [("softmax_label", (3,))])


def test_initializers_by_attribute():
    weight = sym.var("fc_weight", init=mx.init.Constant(7))
    net = mx.mod.Module(sym.FullyConnected(sym.var("data"), weight=weight, num_hidden=3, name="fc"), label_names=None)
    net.bind(DATA)
    net.init_params(mx.init.One())
    assert net.get_params()[0]["fc_weight"].asnumpy().tolist() == [[7] * 4] * 3


def test_checkpoints(tmp_path, samples):
    prefix = str(tmp_path / "net")
    net = mx.mod.Module(classifier())
    net.fit(iterator(samples), num_epoch=2, optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    net.save_checkpoint(prefix, 3, save_optimizer_states=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net-0003.params", "net-0003.states", "net-symbol.json"]
    assert sorted(mx.nd.load(f"{prefix}-0003.params")) == ["arg:fc_bias", "arg:fc_weight"]
    again = mx.mod.Module.load(prefix, 3, load_optimizer_states=True)
    again.bind(iterator(samples).provide_data, iterator(samples).provide_label)
    again.init_optimizer(optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    np.testing.assert_array_equal(again.predict(iterator(samples)).asnumpy(), net.predict(iterator(samples)).asnumpy())
    for m in (net, again):
        m.forward_backward(next(iterator(samples)))
        m.update()
    np.testing.assert_array_equal(*[m.get_params()[0]["fc_weight"].asnumpy() for m in (net, again)])
    symbol, arg_params, aux_params = model.load_checkpoint(prefix, 3)
    assert symbol.list_outputs() == ["softmax_output"] and sorted(arg_params) == ["fc_bias", "fc_weight"]
    assert aux_params == {}
    net.save_params(f"{prefix}.params")
    again.load_params(f"{prefix}.params")
    np.testing.assert_array_equal(again.predict(iterator(samples)).asnumpy(), net.predict(iterator(samples)).asnumpy())


def buckets(key):
    """The sum over ``key`` steps, then a layer: weights do not depend on the length."""
    total = sym.sum(sym.var("data"), axis=1)
    fc = sym.FullyConnected(total, num_hidden=3, name="fc")
    return sym.SoftmaxOutput(fc, name="softmax"), ["data"], ["softmax_label"]


def bucket_batch(key):
    rng = np.random.RandomState(key)
    return mx.io.DataBatch([mx.nd.array(rng.randn(2, key, 4))], [mx.nd.array([0, 2])], bucket_key=key,
                           provide_data=[("data", (2, key, 4))], provide_label=[("softmax_label", (2,))])


def test_buckets_share_parameters(tmp_path):
    net = mx.mod.BucketingModule(buckets, default_bucket_key=5)
    assert net.data_names == ["data"] and net.output_names == ["softmax_output"]
    net.bind([("data", (2, 5, 4))], [("softmax_label", (2,))])
    net.init_params(mx.init.One())
    net.init_optimizer(optimizer_params={"learning_rate": 0.1})
    for key in (5, 3, 5, 2):
        before = net.get_params()[0]["fc_weight"].asnumpy()
        net.forward_backward(bucket_batch(key))
        net.update()
        assert net.get_outputs()[0].shape == (2, 3) and net.data_shapes == [("data", (2, key, 4))]
        assert np.abs(net.get_params()[0]["fc_weight"].asnumpy() - before).max() > 0
    net.prepare(bucket_batch(4))
    assert net.data_shapes == [("data", (2, 2, 4))] and sorted(net._made) == [2, 3, 4, 5]
    prefix = str(tmp_path / "b")
    net.save_checkpoint(prefix, 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "b-0001.params", "b-2-symbol.json", "b-3-symbol.json", "b-4-symbol.json", "b-5-symbol.json", "b.buckets"]
    assert mx.nd.load(f"{prefix}.buckets")[0].asnumpy().tolist() == [5, 3, 2, 4]
    params = net.get_params()[0]
    for again in (mx.mod.BucketingModule.load(prefix, 1, buckets, 5),
                  mx.mod.BucketingModule.load_dict({5: sym.load(f"{prefix}-5-symbol.json")}, buckets, 5, params, {})):
        assert again.params_initialized
        again.bind([("data", (2, 5, 4))], [("softmax_label", (2,))])
        np.testing.assert_array_equal(again.get_params()[0]["fc_weight"].asnumpy(), params["fc_weight"].asnumpy())


def two_buckets():
    net = mx.mod.BucketingModule(buckets, default_bucket_key=5)
    net.bind([("data", (2, 5, 4))], [("softmax_label", (2,))])
    net.init_params()
    return net


def test_what_modules_keep_between_batches():
    net = two_buckets()
    assert net.get_states(merge_multi_context=False) == []
    net.set_states(states=[])
    chain = mx.mod.SequentialModule().add(mx.mod.Module(classifier()), take_labels=True)
    chain.bind(DATA, LABELS)
    chain.init_params()
    chain.set_states()
    assert chain.get_states(merge_multi_context=False) == []
    with pytest.raises(AssertionError, match="SequentialModule keeps no states"):
        chain.set_states(value=1)


def test_a_module_from_inside():
    """As mxnet 1.9.1: shares of 1 and 2 of a batch of six; what was bound without labels says so, and has none."""
    net = ready(context=[mx.cpu(0), mx.cpu(1)], work_load_list=[1, 2], fixed_param_names=["fc_bias"])
    net.forward_backward(batch())
    assert [[a.shape for a in column] for column in net.get_outputs(False)] == [[(2, 3), (4, 3)]]
    group = net._exec_group
    assert [e.outputs[0].shape for e in group.execs] == [(2, 3), (4, 3)]
    assert group.slices == [slice(0, 2), slice(2, 6)] and group.batch_size == 6
    assert group.param_names == ["fc_weight", "fc_bias"] == [*group.arg_names[1:3]]
    assert [[a is None for a in column] for column in group.grad_arrays] == [[False] * 2, [True] * 2]
    assert [[a.shape for a in column] for column in group.param_arrays] == [[(3, 4)] * 2, [(3,)] * 2]
    assert [(s.start, a.shape) for s, a in group.data_arrays[0]] == [(0, (2, 4)), (2, (4, 4))]
    assert [a.shape for _, a in group.label_arrays[0]] == [(2,), (4,)]
    assert group.aux_arrays == [] == group.input_grad_arrays
    plain = mx.mod.Module(classifier())
    with pytest.warns(UserWarning, match=r"don't match names specified by label_names \(\[\] vs"):
        plain.bind(DATA)
    assert plain.label_shapes is None is plain._exec_group.label_arrays


def test_second_thoughts_warn(caplog):
    net = ready()
    with pytest.warns(UserWarning, match="already initialized and force_init=False"):
        net.init_params()
    with pytest.warns(UserWarning, match=r"label_names=\['nope'\]\) but input with name 'nope' is not found"):
        mx.mod.Module(classifier(), label_names=["nope"])
    with pytest.warns(UserWarning, match="rescale_grad is not normalized"):
        net.init_optimizer(optimizer=mx.optimizer.SGD())
    with caplog.at_level(logging.WARNING):
        net.bind(DATA, LABELS)
        net.init_optimizer()
    assert [r.getMessage() for r in caplog.records] == ["Already bound, ignoring bind()",
                                                        "optimizer already initialized, ignoring..."]


def bound():
    net = mx.mod.Module(classifier())
    net.bind(DATA, LABELS, for_training=False)
    return net


def predicting():
    net = bound()
    net.init_params()
    return net


@pytest.mark.parametrize(("action", "error", "message"), [
    (lambda: mx.mod.Module(classifier(), data_names=["nope"]), ValueError, "'nope' is not found .*\n\tdata"),
    (lambda: mx.mod.Module(classifier()).init_params(), AssertionError, "call bind before initializing"),
    (lambda: mx.mod.Module(classifier()).forward(batch()), AssertionError, "call bind"),
    (lambda: mx.mod.Module(classifier()).reshape(DATA), AssertionError, "call bind"),
    (lambda: bound().forward(batch()), AssertionError, "call init_params"),
    (lambda: bound().init_optimizer(), AssertionError, "call init_params"),
    (lambda: predicting().update(), AssertionError, "call init_optimizer"),
    (lambda: predicting().save_optimizer_states("x"), AssertionError, "call init_optimizer"),
    (lambda: predicting().borrow_optimizer(predicting()), AssertionError, "has no optimizer"),
    (lambda: predicting().backward(), AssertionError, "re-bind with for_training=True"),
    (lambda: predicting().get_input_grads(), AssertionError, "inputs_need_grad=True"),
    (lambda: mx.mod.Module(classifier()).bind(DATA, LABELS, for_training=False, inputs_need_grad=True), AssertionError,
     "need for_training=True"),
    (lambda: mx.mod.Module(classifier()).bind([("dat", (6, 4))]), ValueError, "don't match names specified by data"),
    (lambda: mx.mod.Module(classifier()).bind(DATA, [("x", (6,))]), ValueError, "by label_names"),
    (lambda: mx.mod.Module(classifier(), context=[mx.cpu(0), mx.cpu(1)]).bind(
        [("data", (1, 4))], [("softmax_label", (1,))]), ValueError, "Too many slices"),
    (lambda: mx.mod.Module(classifier(), context=[mx.cpu(0), mx.cpu(1)], work_load_list=[1]), AssertionError,
     "needs a share for each"),
    (lambda: mx.mod.Module(classifier()).data_shapes, AssertionError, "call bind"),
    (lambda: mx.mod.Module(classifier()).label_shapes, AssertionError, "call bind"),
    (lambda: mx.mod.Module(classifier())._exec_group, AssertionError, "call bind"),
    (lambda: mx.mod.Module(classifier()).bind(DATA, LABELS, shared_module=3), AssertionError, "bound and has param"),
    (lambda: mx.mod.Module(classifier()).bind(DATA, LABELS, shared_module=bound()), AssertionError, "bound and has p"),
    (lambda: ready().init_optimizer(optimizer=3), AssertionError, "a name or an Optimizer, got int"),
    (lambda: ready().init_optimizer(kvstore=3), TypeError, "kvstore must be KVStore, str or None, got int"),
    (lambda: ready().predict(3), ValueError, "eval_data must be of type NDArray or DataIter"),
    (lambda: mx.mod.BucketingModule(3, default_bucket_key=1), TypeError, "not callable"),
    (lambda: mx.mod.BucketingModule.load("x", 1, buckets), AssertionError, "default_bucket_key is required"),
    (lambda: mx.mod.BucketingModule.load_dict(), AssertionError, "sym_dict needs"),
    (lambda: mx.mod.BucketingModule.load_dict({}), AssertionError, "arg_params need"),
    (lambda: mx.mod.BucketingModule.load_dict({}, None, None, {}), AssertionError, "aux_params need"),
    (lambda: mx.mod.BucketingModule.load_dict({}, None, None, {}, {}), AssertionError, "sym_gen is required"),
    (lambda: mx.mod.BucketingModule.load_dict({}, buckets, None, {}, {}), AssertionError, "default_bucket_key is req"),
    (lambda: two_buckets().get_states(), AssertionError, "merge_multi_context=True is not supported"),
    (lambda: mx.mod.SequentialModule().get_states(False), AssertionError, "call bind"),
    (lambda: predicting().set_params({"fc_weight": mx.nd.ones((3, 4))}, {}), RuntimeError, "fc_bias is not presented"),
    (lambda: predicting().set_params({"fc_weight": mx.nd.ones((2, 4)), "fc_bias": mx.nd.ones((3,))}, {}), MXNetError,
     r"'fc_weight' has shape \(3, 4\), got \(2, 4\)"),
    (lambda: predicting().forward(batch(width=5)), MXNetError, "fc_weight changed"),
    (lambda: mx.mod.Module(classifier()).fit(None), AssertionError, "please specify number of epochs"),
    (lambda: mx.mod.BaseModule().forward(None), NotImplementedError, r"BaseModule does not define forward"),
    (lambda: mx.mod.BucketingModule(buckets), AssertionError, "default_bucket_key"),
    (lambda: mx.mod.BucketingModule(buckets, 5).update(), AssertionError, "call bind"),
    (lambda: mx.mod.BucketingModule(buckets, 5).bind(DATA, shared_module=3), NotSupportedError, "shared_module"),
    (lambda: mx.mod.BucketingModule.load("x", 1), AssertionError, "sym_gen is required"),
])
def test_errors(action, error, message):
    with pytest.raises(error, match=message):
        action()


def test_a_file_that_is_no_checkpoint(tmp_path):
    mx.nd.save(str(tmp_path / "a-0001.params"), [mx.nd.ones((1,))])
    with pytest.raises(FormatError, match="holds a list of arrays without names"):
        model.load_params(str(tmp_path / "a"), 1)
    mx.nd.save(str(tmp_path / "a-0002.params"), {"x": mx.nd.ones((1,))})
    with pytest.raises(FormatError, match="names that begin with arg: or aux:, found 'x'"):
        model.load_params(str(tmp_path / "a"), 2)
    with pytest.raises(ValueError, match="Invalid param file"):
        predicting().load_params(str(tmp_path / "a-0002.params"))


def test_set_params_of_some_leaves_the_others(samples):
    net = predicting()
    before = net.get_params()[0]["fc_bias"].asnumpy()
    net.set_params({"fc_weight": mx.nd.ones((3, 4)) * 5}, {}, allow_missing=True)
    assert net.get_params()[0]["fc_weight"].asnumpy().tolist() == [[5.0] * 4] * 3
    np.testing.assert_array_equal(net.get_params()[0]["fc_bias"].asnumpy(), before)
    with pytest.raises(ValueError, match='Find name "zz" that is not in the arguments'):
        net.set_params({"fc_weight": mx.nd.zeros((3, 4)), "zz": mx.nd.ones(1)}, {}, allow_missing=True)
    assert net.get_params()[0]["fc_weight"].asnumpy().tolist() == [[5.0] * 4] * 3
    with pytest.warns(UserWarning, match="set_params call ignored"):
        net.set_params({}, {}, allow_missing=True, force_init=False)


def test_states_between_batches():
    net = sym.FullyConnected(sym.var("data"), num_hidden=2, name="fc") + sym.var("state")
    m = module.Module(net, data_names=["data"], label_names=None, state_names=["state"])
    m.bind([("data", (2, 3))], for_training=False)
    m.init_params(mx.init.One())
    assert list(m.get_params()[0]) == ["fc_weight", "fc_bias"]
    m.set_states(value=1)
    m.forward(mx.io.DataBatch([mx.nd.ones((2, 3))]))
    assert (m.get_outputs()[0].asnumpy() == 4).all()
    m.set_states(states=[[mx.nd.ones((2, 2)) * 3]])
    assert (m.get_states(merge_multi_context=False)[0][0].asnumpy() == 3).all()
    with pytest.raises(AssertionError, match="merge_multi_context=True is not supported"):
        m.get_states()
    with pytest.raises(AssertionError, match="At least one of states & value must be specified"):
        m.set_states()
    with pytest.raises(AssertionError, match="Only one of states & value can be specified"):
        m.set_states(states=[[]], value=1)
    with pytest.raises(ValueError, match="this module keeps 1 states, got 2"):
        m.set_states(states=[[], []])


def test_privates():
    net = mx.mod.Module(mx.sym.var("data") * 2, label_names=None)
    net.bind([("data", (2, 2))])
    net._sync_params_from_devices()
    net._reset_bind()
    assert not net.binded


def test_arrays_come_in_the_order_of_the_shapes():
    """As mxnet 1.9.1 has it: an iterator sorts its arrays by name, whatever the order of data_names."""
    user, item = mx.sym.Variable("user"), mx.sym.Variable("item")
    m = mx.mod.Module(mx.sym.Group([user * 2, item * 3]), data_names=["user", "item"], label_names=None)
    it = mx.io.NDArrayIter({"user": np.array([0, 1]), "item": np.array([3, 4])}, batch_size=2)
    m.bind(it.provide_data, inputs_need_grad=True)
    m.init_params()
    m.forward(next(it), is_train=True)
    assert [o.asnumpy().tolist() for o in m.get_outputs()] == [[0, 2], [9, 12]]
    m.backward([mx.nd.ones(2), mx.nd.ones(2)])
    assert [d.name for d in m.data_shapes] == ["item", "user"] and m.data_names == ["user", "item"]
    assert [g.asnumpy().tolist() for g in m.get_input_grads()] == [[3, 3], [2, 2]]
    assert m.predict(it)[0].asnumpy().tolist() == [0, 2]


def test_a_batch_of_data_alone():
    batch = collections.namedtuple("Batch", ["data"])
    net = mx.mod.Module(mx.sym.Variable("data") * 2, label_names=None)
    net.bind(data_shapes=[("data", (1, 10))])
    net.init_params()
    for shape in ((1, 10), (3, 5)):
        net.forward(batch([mx.nd.ones(shape)]))
        assert net.get_outputs()[0].asnumpy().tolist() == np.full(shape, 2).tolist()


def test_labels_reach_metrics_by_their_names():
    data, labels = np.eye(4, 3), {"a_label": np.array([0.0, 1, 2, 3]), "z_label": np.array([5.0, 5, 5, 5])}
    x = sym.var("data")
    heads = [sym.LinearRegressionOutput(sym.sum(x, axis=1), sym.var(f"{n}_label"), name=n) for n in ("z", "a")]
    net = mx.mod.Module(sym.Group(heads), label_names=["z_label", "a_label"])  # the iterator's order is the names'
    batches = mx.io.NDArrayIter(data, labels, 2)
    net.bind(batches.provide_data, batches.provide_label)
    net.init_params()
    found = net.score(batches, [mx.metric.MAE(name=n, output_names=[f"{n}_output"], label_names=[f"{n}_label"])
                                for n in ("z", "a")])
    assert dict(found) == {"z": (4 + 4 + 4 + 5) / 4, "a": (1 + 0 + 1 + 3) / 4}


def test_the_epochs_metric_is_read_before_the_last_batchs_callbacks(caplog):
    class Count(mx.metric.EvalMetric):
        def update(self, labels, preds):
            self.sum_metric += 1
            self.num_inst += 1

    net = mx.mod.Module(sym.LinearRegressionOutput(sym.var("data"), name="o"), label_names=["o_label"])
    batches = mx.io.NDArrayIter(np.ones((4, 2)), np.ones((4, 2)), 2, label_name="o_label")
    with caplog.at_level(logging.INFO):
        net.fit(batches, num_epoch=1, eval_metric=Count("count"), batch_end_callback=mx.callback.Speedometer(2, 1))
    assert "Epoch[0] Train-count=1.000000" in [r.getMessage() for r in caplog.records]
    list(batches)
    with pytest.raises(StopIteration):
        mx.mod.Module(net.symbol, label_names=["o_label"]).fit(batches, num_epoch=1)
