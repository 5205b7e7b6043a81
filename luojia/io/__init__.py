"""Iterators over batches, in the manner of ``mx.io``.

>>> it = NDArrayIter(np.arange(10).reshape(5, 2), np.arange(5), batch_size=2)
>>> [(batch.label[0].asnumpy().tolist(), batch.pad) for batch in it]
[([0.0, 1.0], 0), ([2.0, 3.0], 0), ([4.0, 0.0], 1)]
"""

import sys

from .._src.paths import also_at, public_names
from .arrays import NDArrayIter
from .batches import DataBatch, DataDesc, DataIter
from .detections import ImageDetRecordIter
from .files import CSVIter, LibSVMIter, MNISTIter
from .files import _FileIter as MXDataIter
from .records import (
    ImageRecordInt8Iter,
    ImageRecordIter,
    ImageRecordIter_v1,
    ImageRecordUInt8Iter,
    ImageRecordUInt8Iter_v1,
)
from .wrappers import PrefetchingIter, ResizeIter

__all__ = [
    "CSVIter", "DataBatch", "DataDesc", "DataIter", "ImageDetRecordIter", "ImageRecordInt8Iter", "ImageRecordIter",
    "ImageRecordIter_v1", "ImageRecordUInt8Iter", "ImageRecordUInt8Iter_v1", "LibSVMIter", "MNISTIter", "MXDataIter",
    "NDArrayIter", "PrefetchingIter", "ResizeIter",
]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], f"{__name__}.io", f"{__name__}.utils")
