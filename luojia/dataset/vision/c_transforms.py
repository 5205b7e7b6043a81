"""The image transforms under the name that MindSpore 1.x has for them."""

from .transforms import *  # noqa: F403
from .transforms import __all__  # noqa: F401
