"""Data pipelines under MindSpore's names: sources of rows, steps that transform, order and group them, iterators.

They run in the calling process; options that tune MindSpore's threads are accepted and change nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .._src.errors import RefusedName
from . import config
from .callback import DSCallback, WaitedDSCallback
from .csv_files import CSVDataset
from .dataset import Dataset, PipelineError
from .files import TextFileDataset
from .imdb import IMDBDataset
from .records import MindDataset, TFRecordDataset
from .samplers import (
    DistributedSampler,
    PKSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Shuffle,
    SubsetRandomSampler,
    SubsetSampler,
    WeightedRandomSampler,
)
from .schema import Schema
from .sources import (
    Cifar10Dataset,
    Cifar100Dataset,
    FashionMnistDataset,
    GeneratorDataset,
    ImageFolderDataset,
    MnistDataset,
    NumpySlicesDataset,
)
from .steps import BatchInfo
from .text_sets import (
    AGNewsDataset,
    AmazonReviewDataset,
    CLUEDataset,
    CoNLL2000Dataset,
    DBpediaDataset,
    EnWik9Dataset,
    IWSLT2016Dataset,
    IWSLT2017Dataset,
    Multi30kDataset,
    PennTreebankDataset,
    SogouNewsDataset,
    SQuADDataset,
    SST2Dataset,
    UDPOSDataset,
    WikiTextDataset,
    YahooAnswersDataset,
    YelpReviewDataset,
)

if TYPE_CHECKING:  # loaded at first use
    from . import audio, text, transforms, vision

__all__ = [
    "AGNewsDataset", "AmazonReviewDataset", "BatchInfo", "CLUEDataset", "CSVDataset", "Cifar100Dataset",
    "Cifar10Dataset", "CoNLL2000Dataset", "DBpediaDataset", "DSCallback", "Dataset", "DistributedSampler",
    "EnWik9Dataset", "FashionMnistDataset", "GeneratorDataset", "IMDBDataset", "IWSLT2016Dataset", "IWSLT2017Dataset",
    "ImageFolderDataset", "MindDataset", "MnistDataset", "Multi30kDataset", "NumpySlicesDataset", "PKSampler",
    "PennTreebankDataset", "PipelineError", "RandomSampler", "SQuADDataset", "SST2Dataset", "Sampler", "Schema",
    "SequentialSampler", "Shuffle", "SogouNewsDataset", "SubsetRandomSampler", "SubsetSampler", "TFRecordDataset",
    "TextFileDataset", "UDPOSDataset", "WaitedDSCallback", "WeightedRandomSampler", "WikiTextDataset",
    "YahooAnswersDataset", "YelpReviewDataset", "audio", "config", "text", "transforms", "vision", "zip",
]
_REFUSED = (
    "VOCDataset CocoDataset CelebADataset ManifestDataset GraphData PaddedDataset DatasetCache "
    "OBSMindDataset"
).split()


def zip(datasets: tuple) -> Dataset:  # noqa: A001 - MindSpore's name
    """The columns of several pipelines side by side, as long as the shortest.

    >>> a, b = (NumpySlicesDataset([1, 2], [name], shuffle=False) for name in "ab")
    >>> zip((a, b)).get_col_names()
    ['a', 'b']
    """
    from .steps import Zip

    return Zip(datasets)


def __getattr__(name: str) -> Any:
    if name in ("audio", "text", "transforms", "vision"):
        return importlib.import_module(f".{name}", __name__)
    if name in _REFUSED:
        raise RefusedName(
            f"dataset.{name} is not provided; read the data in Python and hand it to dataset.GeneratorDataset or "
            "dataset.NumpySlicesDataset."
        )
    raise AttributeError(f"module 'luojia.dataset' has no attribute {name!r}")
