"""What is refused is refused by name, and listed."""

import importlib
import inspect

import pytest

from luojia._src.errors import NotSupportedError
from tools import refused

LISTED = refused.refused()


def test_the_page_is_current():
    assert refused.PAGE.read_text("utf-8") == refused.page()


@pytest.mark.parametrize("module, name", [(m, n) for m, names in LISTED.items() for n in names])
def test_every_name_refuses(module, name):
    found = importlib.import_module(module)
    with pytest.raises(NotSupportedError, match="not provide|not support|refuse|no sparse|has no|labels dense"):
        value = getattr(found, "AnyName" if name == "*" else name)
        assert inspect.isclass(value) or callable(value)
        value()
