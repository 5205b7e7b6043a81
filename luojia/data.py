"""Data sets that come without a download.

``digits`` gives scikit-learn's 1,797 handwritten digits, enlarged on request; ``split`` cuts arrays into a training and
a test part, with the same cut for the same seed.

>>> images, labels = digits(size=28)
>>> images.shape, labels.shape
((1797, 1, 28, 28), (1797,))
>>> (train_images, train_labels), (test_images, test_labels) = split(images, labels, test=0.2, seed=0)
>>> len(train_images), len(test_images)
(1438, 359)
"""

from ._src.data.digits import MissingPackageError, digits, split
from ._src.data.mirror import MissingDataError

__all__ = ["MissingDataError", "MissingPackageError", "digits", "split"]
