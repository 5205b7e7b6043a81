"""Networks by name: their parameters have the names and shapes of mxnet 1.9.1, as checksums of the listing."""

import hashlib
import json

import pytest

import luojia as mx
from luojia import nd, sym
from luojia.gluon.model_zoo import vision

LISTINGS = {
    "alexnet": "dc2d4e0e0495",
    "vgg11": "ef1fcf907409",
    "vgg11_bn": "41f11524621c",
    "resnet18_v1": "9962a444e1c1",
    "resnet18_v2": "a966a92eac67",
    "resnet50_v1": "c00b69620916",
    "resnet50_v2": "d6286fd684f1",
    "squeezenet1.0": "222cc34aa07c",
    "squeezenet1.1": "1ac575affa22",
    "mobilenet0.25": "cf3c6077889c",
    "mobilenetv2_0.25": "48d2cfb34a89",
    "densenet121": "31334d20736e",
    "densenet161": "566cea1c12af",
    "densenet169": "67f3b367e98a",
    "densenet201": "7cd42d91868f",
    "inceptionv3": "9fe62f147dff",
}


@pytest.mark.parametrize("name", LISTINGS)
def test_parameters_are_those_of_mxnet(name):
    net = vision.get_model(name, classes=10)
    listing = [[k.removeprefix(net.prefix), list(p.shape)] for k, p in net.collect_params().items()]
    assert hashlib.sha1(json.dumps(listing).encode()).hexdigest()[:12] == LISTINGS[name]


@pytest.mark.parametrize("name", ["mobilenet0.25", "mobilenetv2_0.25"])
def test_forward(name):
    net = vision.get_model(name, classes=10)
    net.initialize()
    assert net(nd.ones((1, 3, 32, 32))).shape == (1, 10)


def test_deep_ones_by_their_graphs():
    net = vision.get_model("inceptionv3", classes=10)
    assert net(sym.var("data")).infer_shape(data=(1, 3, 299, 299))[1] == [(1, 10)]
    net = vision.DenseNet(4, 2, (1, 2), classes=3, dropout=0.1)
    net.initialize()
    assert net(nd.ones((1, 3, 64, 64))).shape == (1, 3)


@pytest.mark.parametrize("version", [1, 2])
def test_small_residual_networks(version):
    network, block = (vision.ResNetV1, vision.BasicBlockV1) if version == 1 else (vision.ResNetV2, vision.BottleneckV2)
    net = network(block, [1, 1], [4, 4, 8], classes=3, thumbnail=True)
    net.initialize()
    x = nd.random.normal(shape=(2, 3, 8, 8))
    eager = net(x).asnumpy()
    net.hybridize()
    assert eager.shape == (2, 3) and abs(net(x).asnumpy() - eager).max() < 1e-5


def test_trained_weights_on_the_disk(tmp_path, monkeypatch):
    from luojia.gluon.model_zoo import model_store

    net = vision.mobilenet0_25(classes=5)
    net.initialize()
    net(nd.zeros((1, 3, 64, 64)))
    net.save_parameters(str(tmp_path / "mobilenet0.25-9f83e440.params"))
    for found in (vision.mobilenet0_25(pretrained=True, root=str(tmp_path), classes=5),
                  vision.get_model("mobilenet0.25", pretrained=True, root=str(tmp_path), ctx=mx.cpu(1), classes=5)):
        one, other = (n.features[0].weight for n in (net, found))
        assert (one.data().asnumpy() == other.list_data()[0].asnumpy()).all()
    assert other.list_ctx() == [mx.cpu(1)]
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "vgg11_bn.params").touch()
    assert model_store.get_model_file("vgg11_bn") == str(tmp_path / "models" / "vgg11_bn.params")
    model_store.purge()
    with pytest.raises(NotImplementedError, match="there is no vgg11_bn-<hash>.params in"):
        vision.vgg11_bn(pretrained=True)
    with pytest.raises(ValueError, match="Pretrained model for nope is not available"):
        model_store.get_model_file("nope")


def test_errors(tmp_path, monkeypatch):
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="Model foo is not supported. Available options are"):
        vision.get_model("foo")
    names = ("alexnet", "squeezenet1.0", "squeezenet1.1", "vgg11", "densenet121", "inceptionv3",
             "resnet18_v1", "mobilenet1.0", "mobilenetv2_1.0")
    for name in names:
        with pytest.raises(NotImplementedError, match="luojia ships no trained weights"):
            vision.get_model(name, pretrained=True)
    with pytest.raises(AssertionError, match="Invalid number of layers: 19"):
        vision.get_resnet(1, 19)
    with pytest.raises(AssertionError, match="Invalid resnet version: 3"):
        vision.get_resnet(3, 18)
    with pytest.raises(AssertionError, match="one entry more than layers"):
        vision.ResNetV1(vision.BasicBlockV1, [1], [4])
    with pytest.raises(AssertionError, match="Unsupported SqueezeNet version 2"):
        vision.squeezenet.SqueezeNet("2")
    with pytest.raises(AssertionError, match="one entry per stage"):
        vision.VGG([1], [4, 4])


def test_a_residual_comes_first_in_resnet18s_symbol():
    """The order of mxnet 1.9.1's files."""
    net = vision.resnet18_v1(classes=5, prefix="m_")
    names = net(sym.var("data")).list_arguments()
    stage = [n.removeprefix("m_stage2_") for n in names if n.startswith("m_stage2_conv")]
    assert stage == ["conv2_weight", "conv0_weight", "conv1_weight", "conv3_weight", "conv4_weight"]
