"""Files that hold networks."""

import numpy as np
import pytest

import luojia
from luojia._src.core.listing import Listing, Place, Step
from luojia._src.errors import FormatError, NotSupportedError
from luojia._src.formats import graph_file, safetensors_file


def test_what_is_written_is_read(tmp_path):
    attrs = {"a": (1, None, [True, 2.5]), "b": np.dtype("float32"), "c": luojia.int8, "d": slice(1, None, 2),
             "e": ..., "f": np.float32(0.5), "g": {"x": ("slice", 1)}}
    step = Step("add", (Place(0), 2, None, Place(1)), attrs, (Place(2),))
    listing = Listing([step], 4, {1: "w"}, {3: np.arange(3)}, {"y": (Place(2), 7)})
    path = str(tmp_path / "a.mindir")
    graph_file.save(path, listing, {"w": np.ones(2, np.float16)})
    read, values = graph_file.load(path)
    assert read._replace(constants={}) == listing._replace(constants={})
    assert read.steps[0].inputs[0].__class__ is Place and read.steps[0].inputs[1].__class__ is int
    assert read.constants[3].tolist() == [0, 1, 2] and values["w"].dtype == np.float16


def test_other_files_are_refused(tmp_path):
    path = str(tmp_path / "a.safetensors")
    safetensors_file.save(path, {"w": np.ones(2)})
    with pytest.raises(FormatError, match="holds arrays, but no network that luojia exported"):
        graph_file.load(path)
    safetensors_file.save(path, {"w": np.ones(2)}, {"luojia_graph": '{"version": 99}'})
    with pytest.raises(FormatError, match="is of version 99; this luojia reads version 1"):
        graph_file.load(path)


@pytest.mark.parametrize(("graph", "message"), [
    ("{", "its description of a network is damaged .JSONDecodeError"),
    ('{"version": 1}', "its description of a network is damaged .KeyError: 'steps'"),
    ('{"version": 1, "steps": [["add"]], "count": 0, "named": {}, "output": null}', "damaged .ValueError"),
    ('{"version": 1, "steps": [], "count": 0, "named": {"0": "v"}, "output": null}', "damaged .KeyError: 'v'"),
    ('{"version": 1, "steps": [], "count": 0, "named": {}, "output": {"function": 1}}', "KeyError: 'function'"),
    ('{"version": 1, "steps": [["adder", {"tuple": []}, {}, {"tuple": []}]], "count": 0, "named": {}, "output": null}',
     "has the operator 'adder', which this luojia does not have"),
])
def test_damaged_files_are_refused(tmp_path, graph, message):
    path = str(tmp_path / "a.mindir")
    safetensors_file.save(path, {"w": np.ones(2)}, {"luojia_graph": graph})
    with pytest.raises(FormatError, match=message):
        graph_file.load(path)


def test_functions_as_attributes_are_refused(tmp_path):
    listing = Listing([Step("add", (), {"f": print}, ())], 0, {}, {}, None)
    with pytest.raises(NotSupportedError, match="as an attribute of an operator cannot be written"):
        graph_file.save(str(tmp_path / "a.mindir"), listing, {})
    assert not list(tmp_path.iterdir())
