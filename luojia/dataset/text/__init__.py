"""Text in pipelines: vocabularies, tokenizers, and what comes after them."""

from __future__ import annotations

from typing import Any

from ..._src.errors import AbsentName, RefusedName
from ..._src.paths import public_names
from . import transforms, utils, vectors, vocab
from .transforms import *  # noqa: F403
from .utils import *  # noqa: F403
from .vectors import *  # noqa: F403
from .vocab import *  # noqa: F403

__all__ = ["transforms", "utils"]
__all__ += transforms.__all__
__all__ += utils.__all__
__all__ += vectors.__all__
__all__ += vocab.__all__
__dir__ = public_names(__name__)
_REFUSED = (
    "SentencePieceTokenizer SentencePieceVocab SentencePieceModel SPieceTokenizerLoadType SPieceTokenizerOutType"
).split()


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(
            f"dataset.text.{name} is not provided; call the package of your choice in PythonTokenizer or map()."
        )
    raise AbsentName("luojia.dataset.text", name)
