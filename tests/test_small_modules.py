"""Modules of the MXNet door that hold little: log, libinfo, error, library, executor_manager, and what is refused."""

import logging
import re

import pytest

import luojia as mx


def test_loggers(tmp_path, capsys):
    logger = mx.log.get_logger("luojia.test_small", level=mx.log.DEBUG)
    try:
        logger.info("text %d", 3)
        line = capsys.readouterr().err
        assert re.fullmatch(r"\x1b\[32mI\d{4} [\d:]{8} \d+ .*test_small_modules.py:test_loggers:\d+\]\x1b\[0m text 3\n",
                            line)
        logger.warning("w"), logger.debug("d"), logger.log(5, "u"), logger.log(50, "c")
        assert re.findall(r"\x1b\[(\d+\w)\d{4}", capsys.readouterr().err.replace("m", "")) == ["31W", "34D", "31C"]
        assert mx.log.get_logger("luojia.test_small") is logger and len(logger.handlers) == 1
    finally:
        logger.handlers.clear()
    plain = mx.log.getLogger("luojia.test_small_file", str(tmp_path / "log"), level=mx.log.INFO)
    plain.info("text")
    for handler in plain.handlers:
        handler.close()
    plain.handlers.clear()
    assert (tmp_path / "log").read_text() == "text\n"
    assert mx.log.get_logger() is logging.getLogger()


def test_libinfo():
    assert mx.libinfo.find_lib_path()[0].endswith("luojia") and mx.libinfo.__version__ == mx.__version__
    with pytest.raises(RuntimeError, match="has no headers"):
        mx.libinfo.find_include_path()


def test_errors():
    assert issubclass(mx.error.InternalError, mx.error.MXNetError) and mx.error.MXNetError is mx.MXNetError
    with pytest.raises(mx.MXNetError, match="abc\nluojia hint: this is an error in luojia itself"):
        raise mx.error.InternalError("abc")

    class Own(mx.MXNetError):
        pass

    assert mx.error.register(Own) is Own and mx.error.register("Other", Own) is Own
    assert mx.error.register_error("Third")(Own) is Own and mx.error._registered["Third"] is Own


def test_library(tmp_path):
    with pytest.raises(mx.MXNetError, match="load path /nowhere.so does NOT exist"):
        mx.library.load("/nowhere.so")
    (tmp_path / "lib.so").touch()
    with pytest.raises(NotImplementedError, match="write the operator with mx.operator"):
        mx.library.load(str(tmp_path / "lib.so"))


def test_executor_manager():
    assert mx.executor_manager._split_input_slice(10, [1, 1, 2]) == [slice(0, 2), slice(2, 4), slice(4, 10)]
    with pytest.raises(ValueError, match="Too many slices. Some splits are empty"):
        mx.executor_manager._split_input_slice(2, [1, 1, 2])
    a = mx.sym.var("a")
    mx.executor_manager._check_arguments(a + mx.sym.var("b"))
    with pytest.raises(ValueError, match='Find duplicated argument name "a"'):
        mx.executor_manager._check_arguments(a + mx.sym.var("a"))


@pytest.mark.parametrize("name", ["th", "torch"])
def test_refused_modules(name):
    assert not hasattr(mx, name)
    with pytest.raises(mx.MXNetError, match=f"luojia.{name} is not supported"):
        getattr(mx, name)


@pytest.mark.parametrize("use", ["rtc.CudaModule('')",
                                 "notebook.callback.PandasLogger(1)", "kvstore.kvstore_server.KVStoreServer(None)",
                                 "numpy_op_fallback.register('a')"])
def test_refused_names_of_modules(use):
    with pytest.raises(mx.MXNetError, match=r"luojia\..* is not supported: "):
        eval(f"mx.{use}")


def test_refused_servers():
    with pytest.raises(AttributeError, match="update together, without servers"):
        mx.kvstore.KVStoreServer  # noqa: B018


def test_base(monkeypatch):
    monkeypatch.delenv("MXNET_HOME", raising=False)
    assert mx.base.data_dir() == mx.base.data_dir_default()
    monkeypatch.setenv("MXNET_HOME", "/there")
    assert mx.base.data_dir() == "/there"
    assert mx.base.build_param_doc(["a", "a", "b"], ["int", "x", "y"], ["text", "", ""]) == (
        "Parameters\n----------\na : int\n    text\nb : y\n")


def test_save_checkpoint(tmp_path):
    mx.callback.save_checkpoint(str(tmp_path / "m"), 3, mx.sym.var("x") * 2, {"w": mx.nd.ones((1,))}, {})
    symbol, args, aux = mx.model.load_checkpoint(str(tmp_path / "m"), 3)
    assert symbol.list_arguments() == ["x"] and list(args) == ["w"] and not aux
