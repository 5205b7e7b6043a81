"""Iterators over batches, in the manner of ``mx.io``.

>>> it = NDArrayIter(np.arange(10).reshape(5, 2), np.arange(5), batch_size=2)
>>> [(batch.label[0].asnumpy().tolist(), batch.pad) for batch in it]
[([0.0, 1.0], 0), ([2.0, 3.0], 0), ([4.0, 0.0], 1)]
"""

from .arrays import NDArrayIter
from .batches import DataBatch, DataDesc, DataIter
from .files import CSVIter, ImageRecordIter, LibSVMIter, MNISTIter
from .wrappers import PrefetchingIter, ResizeIter

__all__ = [
    "CSVIter", "DataBatch", "DataDesc", "DataIter", "ImageRecordIter", "LibSVMIter", "MNISTIter", "NDArrayIter",
    "PrefetchingIter", "ResizeIter",
]
