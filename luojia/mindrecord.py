"""MindSpore's record files, which luojia does not read: every name refuses by name."""

from ._src.paths import refusing

__getattr__ = refusing("luojia.mindrecord", "read the data in Python and hand it to dataset.GeneratorDataset.")
