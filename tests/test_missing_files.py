"""A file that is not there is an MXNetError and a FileNotFoundError, and changes nothing."""

import pytest

import luojia as mx
from luojia import gluon, nd, sym


def net():
    made = gluon.nn.Dense(2, in_units=2)
    made.initialize(mx.init.One())
    return made


def trainer():
    return gluon.Trainer(net().collect_params(), "sgd")


def store():
    kv = mx.kv.create("local")
    kv.set_optimizer(mx.optimizer.SGD())
    return kv


READERS = {
    "nd.load": nd.load,
    "sym.load": sym.load,
    "load_parameters": lambda name: net().load_parameters(name),
    "ParameterDict.load": lambda name: net().collect_params().load(name),
    "SymbolBlock.imports": lambda name: gluon.SymbolBlock.imports(name, ["data"]),
    "Trainer.load_states": lambda name: trainer().load_states(name),
    "KVStore.load_optimizer_states": lambda name: store().load_optimizer_states(name),
    "init.Load": mx.init.Load,
    "model.load_checkpoint": lambda name: mx.model.load_checkpoint(name, 0),
}
WRITERS = {
    "nd.save": lambda name: nd.save(name, nd.ones(1)),
    "sym.save": lambda name: sym.var("a").save(name),
    "save_parameters": lambda name: net().save_parameters(name),
    "Trainer.save_states": lambda name: trainer().save_states(name),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_reading(read, tmp_path):
    name = str(tmp_path / "nope")
    with pytest.raises(mx.MXNetError, match='Open ".*nope.*": No such file or directory') as caught:
        read(name)
    assert isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_writing(write, tmp_path):
    with pytest.raises(mx.MXNetError, match="needs the folder .*none.; create it") as caught:
        write(str(tmp_path / "none" / "x"))
    assert isinstance(caught.value, FileNotFoundError)
    assert not (tmp_path / "none").exists()


def test_a_folder(tmp_path):
    with pytest.raises(mx.MXNetError, match='Open ".*": Is a directory'):
        nd.load(str(tmp_path))


def test_a_name_that_is_no_name():
    with pytest.raises(TypeError, match="expected the name of a file or its bytes, got int"):
        nd.load(3)
