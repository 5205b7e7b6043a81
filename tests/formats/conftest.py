"""How the readers of files are damaged: cut at every byte, and corrupted at random."""

import pathlib
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luojia._src.errors import FormatError, NotSupportedError

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"
SLACK = 400_000  # messages, tracebacks, Python's own objects


class Damage:
    """Checks that a reader meets damaged bytes with its own errors and within memory that the bytes justify."""

    def bounded(self, load, data, factor=40):
        """Run `load`; it may return or refuse, and must not allocate out of proportion. True if it returned."""
        tracemalloc.start()
        try:
            load(data)
            returned = True
        except (FormatError, NotSupportedError):
            returned = False
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < SLACK + factor * len(data)
        return returned

    def every_cut(self, load, data, whole=()):
        """Every prefix of `data` is refused, but for those whose length is in `whole`."""
        for size in range(len(data)):
            if size in whole:
                load(data[:size])
                continue
            with pytest.raises(FormatError):
                load(data[:size])

    def random_corruption(self, load, data, factor=40, examples=150):
        """Bytes replaced, inserted, removed and repeated at random places: `load` stays bounded."""
        position = st.integers(0, len(data))
        chunk = st.binary(max_size=9) | st.sampled_from([b"\xff" * 8, b"\0" * 8, b"\x7f" * 4, b"\xff" * 7 + b"\x7f"])
        edits = st.lists(st.tuples(position, st.integers(0, 9), chunk), min_size=1, max_size=4)

        @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
        @given(edits)
        def check(edits):
            damaged = data
            for at, removed, added in edits:
                damaged = damaged[:at] + added + damaged[at + removed :]
            self.bounded(load, damaged, factor)

        check()


@pytest.fixture(scope="session")
def damage():
    return Damage()


@pytest.fixture(scope="session")
def fixtures():
    """The folder of the files that the originals wrote."""
    return FIXTURES
