import luojia as mx
from luojia import gluon, nd
from luojia.contrib.io import DataLoaderIter


def test_a_loader_feeds_a_module():
    data = gluon.data.ArrayDataset(nd.arange(10).reshape((5, 2)), nd.array([0, 1, 0, 1, 1]))
    it = DataLoaderIter(gluon.data.DataLoader(data, 2))
    assert it.provide_data == [("data", (2, 2))] and it.provide_label == [("softmax_label", (2,))]
    batches = list(it)
    assert [b.pad for b in batches] == [0, 0, 1] and batches[2].data[0].asnumpy().tolist() == [[8, 9], [0, 0]]
    it.reset()
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2), name="softmax")
    module = mx.mod.Module(net)
    module.fit(it, num_epoch=2)
    it.reset()
    assert module.predict(it).shape == (5, 2)
