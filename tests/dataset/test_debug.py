"""Hooks of the debug mode, lines of files, samplers of samplers."""

import pytest

from luojia import dataset as ds
from luojia.dataset import debug


@pytest.fixture(autouse=True)
def settings():
    yield
    ds.config.set_debug_mode(False)
    ds.config.set_iterator_mode()


def test_hooks_see_what_each_operation_is_given_and_gives(capsys):
    seen = []

    class Keep(debug.DebugHook):
        def compute(self, *args):
            seen.append((self.prev_op_name, self.is_first_op, args[0].tolist()))
            return args

    def double(x):
        return x * 2

    ds.config.set_debug_mode(True, [Keep(), debug.PrintMetaDataHook(), debug.PrintDataHook()])
    assert ds.config.get_debug_mode() is True
    data = ds.NumpySlicesDataset([[1, 2]]).map([double, double])
    assert [row[0].tolist() for row in data] == [[4, 8]]
    assert seen == [("double", True, [1, 2]), ("double", False, [2, 4]), ("double", False, [4, 8])]
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["[Dataset debugger] Print the [INPUT] of the operation [double].",
                         "Column 0. The dtype is [int64]. The shape is [(2,)]."]
    assert "Column 0. The data is [[4 8]]." in lines
    ds.config.set_debug_mode(True)
    assert [row[0].tolist() for row in data] == [[4, 8]] and len(seen) == 3


def test_settings_of_iterators():
    ds.config.set_iterator_mode(do_copy=False, parallel_convert=True)
    assert ds.config.get_iterator_mode() == {"do_copy": False, "parallel_convert": True}
    ds.config.set_video_backend("CPU")
    assert ds.config.get_video_backend() == "CPU"


def test_lines_by_number(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_bytes("one\r\nzwölf\nthree".encode())
    reader = ds.LineReader(str(path))
    assert len(reader) == reader.len() == 3 and reader.readline(3) == "three"
    assert [reader[i] for i in (2, 1)] == ["zwölf", "one"]
    reader.close()
    assert reader.readline(2) == "zwölf"
    for line in (0, 4):
        with pytest.raises(ValueError, match=r"within the required interval of \[1, 3\]"):
            reader.readline(line)
    with pytest.raises(TypeError, match="Argument line with value a is not of type"):
        reader.readline("a")
    reader.close()


def test_samplers():
    data = ds.GeneratorDataset(list(range(10)), "a", sampler=ds.IterSampler([3, 1, 2], 2))
    assert [int(a) for a, in data] == [3, 1]
    data = ds.GeneratorDataset(list(range(10)), "a", shuffle=False)
    data.add_sampler(ds.DistributedSampler(5, 1, shuffle=False))
    assert [int(a) for a, in data] == [1, 6]
    assert ds.vision.Decode().device("Ascend").__class__ is ds.vision.Decode


@pytest.mark.parametrize("call, kind, message", [
    (lambda: ds.config.set_debug_mode(3), TypeError, "debug_mode_flag isn't of type boolean"),
    (lambda: ds.config.set_debug_mode(True, 3), TypeError, "debug_hook_list is not a list"),
    (lambda: ds.config.set_debug_mode(True, [3]), TypeError, "All items in debug_hook_list must be of type DebugHook"),
    (lambda: ds.config.set_iterator_mode(do_copy=3), TypeError, "Argument do_copy with value 3 is not of type"),
    (lambda: ds.config.set_video_backend("x"), ValueError, "not within the valid set of"),
    (lambda: ds.LineReader(3), TypeError, "path: 3 is not string"),
    (lambda: ds.LineReader("/nowhere"), RuntimeError, r"The input file \[/nowhere\] does not exist"),
    (lambda: ds.IterSampler(3), TypeError, "sampler should be iterable, got 3"),
    (lambda: ds.NumpySlicesDataset([1]).add_sampler(3), TypeError, "add_sampler: expected a Sampler, got 3"),
    (lambda: ds.utils.imshow_det_bbox, NotImplementedError, "draw with matplotlib"),
])
def test_errors(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
