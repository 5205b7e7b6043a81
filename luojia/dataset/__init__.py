"""Data pipelines under MindSpore's names: sources of rows, steps that transform, order and group them, iterators.

They run in the calling process; options that tune MindSpore's threads are accepted and change nothing.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from .._src.errors import AbsentName, RefusedName
from .._src.paths import also_at, open_paths, public_names
from . import config, samplers
from .annotated import (
    CelebADataset,
    CocoDataset,
    KITTIDataset,
    ManifestDataset,
    VOCDataset,
    WIDERFaceDataset,
)
from .batching import BatchInfo
from .callback import DSCallback, WaitedDSCallback
from .csv_files import CSVDataset
from .dataset import Dataset
from .files import TextFileDataset
from .image_files import (
    EMnistDataset,
    KMnistDataset,
    PhotoTourDataset,
    QMnistDataset,
    SemeionDataset,
    STL10Dataset,
    SVHNDataset,
    USPSDataset,
)
from .image_folders import (
    Caltech101Dataset,
    Caltech256Dataset,
    CityscapesDataset,
    DIV2KDataset,
    Food101Dataset,
    ImageFolderDataset,
    LSUNDataset,
    OmniglotDataset,
    Places365Dataset,
    RenderedSST2Dataset,
    SUN397Dataset,
)
from .image_lists import (
    FlickrDataset,
    Flowers102Dataset,
    LFWDataset,
    SBDataset,
    SBUDataset,
)
from .imdb import IMDBDataset
from .made import (
    FakeImageDataset,
    PaddedDataset,
    RandomDataset,
)
from .records import MindDataset, TFRecordDataset
from .rows import PipelineError
from .samplers import (
    DistributedSampler,
    IterSampler,
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
from .sounds import (
    CMUArcticDataset,
    GTZANDataset,
    LibriTTSDataset,
    LJSpeechDataset,
    SpeechCommandsDataset,
    YesNoDataset,
)
from .sources import (
    Cifar10Dataset,
    Cifar100Dataset,
    FashionMnistDataset,
    GeneratorDataset,
    MnistDataset,
    NumpySlicesDataset,
)
from .text_pairs import IWSLT2016Dataset, IWSLT2017Dataset, Multi30kDataset
from .text_sets import (
    AGNewsDataset,
    AmazonReviewDataset,
    CLUEDataset,
    CoNLL2000Dataset,
    DBpediaDataset,
    EnWik9Dataset,
    PennTreebankDataset,
    SogouNewsDataset,
    SQuADDataset,
    SST2Dataset,
    UDPOSDataset,
    WikiTextDataset,
    YahooAnswersDataset,
    YelpReviewDataset,
)
from .tools import DatasetCache, compare, serialize, show, sync_wait_for_dataset

if TYPE_CHECKING:  # loaded at first use
    from . import audio, dataloader, text, transforms, vision

__all__ = [
    "AGNewsDataset", "AmazonReviewDataset", "BatchInfo", "CLUEDataset", "CMUArcticDataset", "CSVDataset",
    "Caltech101Dataset", "Caltech256Dataset", "CelebADataset", "Cifar100Dataset", "Cifar10Dataset",
    "CityscapesDataset", "CoNLL2000Dataset", "CocoDataset", "DBpediaDataset", "DIV2KDataset", "DSCallback", "Dataset",
    "DatasetCache", "DistributedSampler", "EMnistDataset", "EnWik9Dataset", "FakeImageDataset", "FashionMnistDataset",
    "FlickrDataset", "Flowers102Dataset", "Food101Dataset", "GTZANDataset", "GeneratorDataset", "IMDBDataset",
    "IWSLT2016Dataset", "IWSLT2017Dataset", "ImageFolderDataset", "IterSampler", "KITTIDataset", "KMnistDataset",
    "LFWDataset", "LJSpeechDataset", "LSUNDataset", "LibriTTSDataset", "ManifestDataset", "MindDataset",
    "MnistDataset", "Multi30kDataset", "NumpySlicesDataset", "OmniglotDataset", "PKSampler", "PaddedDataset",
    "PennTreebankDataset", "PhotoTourDataset", "PipelineError", "Places365Dataset", "QMnistDataset", "RandomDataset",
    "RandomSampler", "RenderedSST2Dataset", "SBDataset", "SBUDataset", "SQuADDataset", "SST2Dataset", "STL10Dataset",
    "SUN397Dataset", "SVHNDataset", "Sampler", "Schema", "SemeionDataset", "SequentialSampler", "Shuffle",
    "SogouNewsDataset", "SpeechCommandsDataset", "SubsetRandomSampler", "SubsetSampler", "TFRecordDataset",
    "TextFileDataset", "UDPOSDataset", "USPSDataset", "VOCDataset", "WIDERFaceDataset", "WaitedDSCallback",
    "WeightedRandomSampler", "WikiTextDataset", "YahooAnswersDataset", "YelpReviewDataset", "YesNoDataset", "audio",
    "compare", "config", "dataloader", "serialize", "show", "sync_wait_for_dataset", "text", "transforms", "vision",
    "zip",
]
__dir__ = public_names(__name__)
_STEPS = {  # the classes of pipelines, by where they are
    **dict.fromkeys(("BatchDataset", "PaddedBatchDataset"), "batching"), "BucketBatchByLengthDataset": "buckets",
    **dict.fromkeys(("ConcatDataset", "FilterDataset", "MapDataset", "ProjectDataset", "RenameDataset", "RepeatDataset",
                     "ShuffleDataset", "SkipDataset", "SyncWaitDataset", "TakeDataset", "ZipDataset"), "steps"),
}
_REFUSED = "GraphData OBSMindDataset TedliumDataset deserialize".split()


also_at(sys.modules[__name__], *(f"{__name__}.{path}" for path in ("core", "engine", "engine.datasets")), *(
    f"{__name__}.engine.{path}" for path in (
        "cache_client", "datasets_audio", "datasets_standard_format", "datasets_text", "datasets_user_defined",
        "datasets_vision", "graphdata", "iterators")))
also_at(config, f"{__name__}.core.config")
also_at(samplers, f"{__name__}.engine.samplers")


def zip(datasets: tuple) -> Dataset:  # noqa: A001 - MindSpore's name
    """The columns of several pipelines side by side, as long as the shortest.

    >>> a, b = (NumpySlicesDataset([1, 2], [name], shuffle=False) for name in "ab")
    >>> zip((a, b)).get_col_names()
    ['a', 'b']
    """
    from .steps import ZipDataset

    return ZipDataset(datasets)


def __getattr__(name: str) -> Any:
    if name == "LineReader":
        return importlib.import_module(".utils", __name__).LineReader
    if name in ("audio", "dataloader", "debug", "text", "transforms", "utils", "vision"):
        return importlib.import_module(f".{name}", __name__)
    if name in _STEPS:
        return getattr(importlib.import_module(f".{_STEPS[name]}", __name__), name)
    if name == "deserialize":
        raise RefusedName("dataset.deserialize is not provided: serialize describes a pipeline; keep the function that "
                          "makes it, and call that again.")
    if name in _REFUSED:
        raise RefusedName(
            f"dataset.{name} is not provided; read the data in Python and hand it to dataset.GeneratorDataset or "
            "dataset.NumpySlicesDataset."
        )
    raise AbsentName("luojia.dataset", name)

open_paths(sys.modules[__name__])
