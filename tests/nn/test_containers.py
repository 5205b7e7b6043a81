"""SequentialCell, CellList, CellDict."""

from collections import OrderedDict

import pytest

from luojia import Tensor, nn


def test_sequential():
    s = nn.SequentialCell(nn.ReLU(), nn.Tanh())
    assert isinstance(s[0], nn.ReLU) and isinstance(s[-1], nn.Tanh) and len(s) == 2
    assert repr(s[0:1]) == "SequentialCell(\n  (0): ReLU()\n)"
    assert list(s.name_cells()) == ["0", "1"]
    s.append(nn.Dense(2, 3))
    assert [p.name for p in s.get_parameters()] == ["2.weight", "2.bias"]
    assert s(Tensor([[1.0, 2.0]])).shape == (1, 3)
    s.insert(0, nn.Dense(2, 2))
    assert [p.name for p in s.get_parameters()] == ["0.weight", "0.bias", "3.weight", "3.bias"]
    del s[0]
    assert [type(c).__name__ for c in s] == ["ReLU", "Tanh", "Dense"]
    s[0] = nn.Sigmoid()
    assert isinstance(s[0], nn.Sigmoid)
    named = nn.SequentialCell(OrderedDict(a=nn.Dense(2, 2), b=nn.ReLU()))
    assert [p.name for p in named.get_parameters()] == ["a.weight", "a.bias"]
    assert nn.SequentialCell([nn.ReLU()]).set_grad()[0].requires_grad


@pytest.mark.parametrize("make, error, message", [
    (lambda: nn.SequentialCell(3), TypeError, "the 'args\\[0\\]' must be Cell, list or orderedDict, but got int"),
    (lambda: nn.SequentialCell([3]), TypeError, "the argument 'child_cell' must be 'Cell' if not None"),
    (lambda: nn.CellList([3]), TypeError, "For 'CellList', each cell must be subclass of Cell, but got int"),
    (lambda: nn.CellList().extend(3), TypeError, "the new cells must be list, but got int"),
    (lambda: nn.SequentialCell(nn.ReLU()).append(3), TypeError, "each cell must be subclass of Cell, but got int"),
    (lambda: nn.SequentialCell(nn.ReLU())[5], IndexError, r"must be a number in range \[-1, 1\), but got 5"),
    (lambda: nn.SequentialCell(nn.ReLU())["a"], TypeError, "the type of 'index' must be int, but got str"),
    (lambda: nn.CellList([nn.ReLU()]).insert(9, nn.ReLU()), IndexError, r"in range \[-1, 1\], but got 9"),
    (lambda: nn.CellList([nn.ReLU()])(Tensor([1.0])), NotImplementedError, "a CellList holds networks"),
    (lambda: nn.SequentialCell({"a": nn.ReLU()}), TypeError, "must be Cell, list or orderedDict, but got dict"),
    (lambda: nn.CellDict({"a": nn.ReLU()})(Tensor([1.0])), NotImplementedError, "a CellDict holds networks"),
    (lambda: nn.CellDict({3: nn.ReLU()}), TypeError, "the type of 'key' must be str, but got int"),
    (lambda: nn.CellDict({"a": 3}), TypeError, "the type of 'a' must be Cell, but got int"),
    (lambda: nn.CellDict({"a.b": nn.ReLU()}), KeyError, "must not be empty, contain '.'"),
])
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_cell_list():
    cells = nn.CellList([nn.Dense(1, 1)])
    cells.extend([nn.Dense(1, 2), nn.ReLU()])
    assert [p.name for p in cells.get_parameters()] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert repr(cells[2:]) == "CellList(\n  (0): ReLU()\n)"


def test_cell_dict():
    cells = nn.CellDict({"a": nn.Dense(1, 1), "b": nn.ReLU()})
    assert list(cells) == ["a", "b"] and "a" in cells and len(cells) == 2
    assert [p.name for p in cells.get_parameters()] == ["a.weight", "a.bias"]
    cells.update([("c", nn.Tanh())])
    assert isinstance(cells.pop("c"), nn.Tanh) and list(cells.items())[1][0] == "b"
    del cells["a"]
    cells.clear()
    assert not list(cells.values())
