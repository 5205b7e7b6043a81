"""What is known of the processor: Linux's file read as it is written, and choices that hang on it."""

import pytest

from luojia._src.engine import processor, threads
from luojia._src.engine.kernels import conv_winograd

CPUINFO = """processor\t: 0
vendor_id\t: {maker}
cpu family\t: {family}
model name\t: a processor: of 2 cores

processor\t: 1
vendor_id\t: Other
cpu family\t: 1
"""


@pytest.fixture
def on(monkeypatch, tmp_path):
    """Have this be a processor of this maker and family, with what OpenBLAS calls it."""
    def become(maker, family, architecture):
        file = tmp_path / "cpuinfo"
        file.write_text(CPUINFO.format(maker=maker, family=family))
        model = processor._model.__wrapped__
        monkeypatch.setattr(processor, "_model", lambda: model(str(file)))
        monkeypatch.setattr(threads, "architecture", lambda: architecture)

    return become


@pytest.mark.parametrize("maker, family, architecture, small, wide", [
    ("AuthenticAMD", 25, "Cooperlake", True, False), ("AuthenticAMD", 26, "SkylakeX", True, True),
    ("GenuineIntel", 6, "SapphireRapids", True, True), ("AuthenticAMD", 26, "Haswell", False, False),
])
def test_how_fast_it_multiplies(on, maker, family, architecture, small, wide):
    on(maker, family, architecture)
    assert processor.has_small_products() is small
    assert processor.multiplies_wide() is wide
    suits = conv_winograd.suits((64, 64, 3, 3), 32, (8, 8), (1, 1), (1, 1))
    assert suits is not wide  # whose tiles take longer there than the products that they save


def test_a_system_that_tells_nothing(tmp_path):
    assert processor._model.__wrapped__(str(tmp_path / "none")) == ("", "")
    (tmp_path / "empty").write_text("")
    assert processor._model.__wrapped__(str(tmp_path / "empty")) == ("", "")
