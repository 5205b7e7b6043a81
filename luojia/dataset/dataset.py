"""Dataset: a pipeline of columns, and the iterators over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, RefusedName
from . import checks, config
from .order import Still
from .rows import ColumnError, PipelineError, Row, converter


class Dataset:
    """A pipeline: a source, and steps that transform, order and group its rows. Made by sources and the methods below.

    Each method gives a new pipeline and leaves this one as it was; one pipeline may feed several (MindSpore refuses).

    >>> from luojia import dataset as ds
    >>> data = ds.NumpySlicesDataset({"x": [1.0, 2.0, 3.0], "y": [0, 1, 0]}, shuffle=False)
    >>> data = data.map(lambda x: x * 10, ["x"]).batch(2)
    >>> for row in data.create_dict_iterator(output_numpy=True):
    ...     print(row["x"], row["y"])
    [10. 20.] [0 1]
    [30.] [0]
    """

    def __init__(self, *children: Dataset) -> None:
        self.children = children

    # -- what a step defines -----------------------------------------------------------------------------------------

    def get_col_names(self) -> list[str]:
        """The columns' names, in order."""
        return self.children[0].get_col_names()

    def get_dataset_size(self) -> int:
        """The number of rows (batches, after ``batch``) in one pass."""
        return self.children[0].get_dataset_size()

    def rows(self, rng: Any) -> Iterator[Row]:
        """The rows of one pass; random numbers come from ``rng``."""
        return self.children[0].rows(rng)

    def gather(self, rng: Any) -> tuple[list[np.ndarray], np.ndarray] | None:
        """Columns in memory and the order of a pass over them, where a batch can be read by one index; else None."""
        return None

    # -- steps -------------------------------------------------------------------------------------------------------

    def batch(self, batch_size: int | Callable, drop_remainder: bool = False, num_parallel_workers: int | None = None,
              **kwargs: Any) -> Dataset:
        """``batch_size`` rows stacked; the rest is a smaller batch unless ``drop_remainder``.

        Args:
            batch_size: a number, or a function of a ``BatchInfo``.
            per_batch_map, input_columns, output_columns: a function of lists of values and a ``BatchInfo``, applied
                before the values are stacked.
        """
        from .batching import BatchDataset
        from .sources import workers_of

        workers_of(num_parallel_workers)
        return _fitted(BatchDataset, self, batch_size, drop_remainder, **kwargs)

    def bucket_batch_by_length(self, column_names: list[str], bucket_boundaries: list[int],
                               bucket_batch_sizes: list[int], element_length_function: Callable | None = None,
                               pad_info: dict | None = None, pad_to_bucket_boundary: bool = False,
                               drop_remainder: bool = False) -> Dataset:
        """Batches of rows of like lengths: each row goes to the bucket of its length, and a full bucket is a batch.

        Args:
            column_names: the columns by which lengths are found.
            bucket_boundaries: the buckets' upper bounds, increasing; bucket i holds lengths from bound i - 1 to below
                bound i.
            bucket_batch_sizes: the buckets' batch sizes, one more than there are bounds.
            element_length_function: the length from the columns' values; default the first axis of the one column.
            pad_info: as in ``padded_batch``; default every column is padded with 0.
            pad_to_bucket_boundary: pad axes that ``pad_info`` leaves open to the bucket's bound less 1.
            drop_remainder: leave out the batches that are not full at the end.
        """
        from .buckets import BucketBatchByLengthDataset

        return _fitted(BucketBatchByLengthDataset, self, column_names, bucket_boundaries, bucket_batch_sizes,
                       element_length_function, pad_info, pad_to_bucket_boundary, drop_remainder)

    def flat_map(self, func: Callable[..., Dataset]) -> Dataset:
        """The rows of the pipelines that ``func`` makes now of each row's values, NumPy arrays, one after the other."""
        from .steps import flat_map

        return flat_map(self, func)

    def sync_wait(self, condition_name: str, num_batch: int = 1, callback: Callable | None = None) -> Dataset:
        """Accepted: rows are made when they are asked for, so that none is ahead of ``sync_update``.

        Args:
            condition_name: how ``sync_update`` names it.
            callback: called by ``sync_update`` with its data.
        """
        from .steps import SyncWaitDataset

        return SyncWaitDataset(self, condition_name, num_batch, callback)

    def sync_update(self, condition_name: str, num_batch: int | None = None, data: Any = None) -> None:
        """Calls the callback of the ``sync_wait`` of this name with ``data``.

        Raises:
            PipelineError: there is no such ``sync_wait``.
        """
        for child in self.children:
            child.sync_update(condition_name, num_batch, data)
            return
        raise PipelineError(f"Condition name not found. There is no sync_wait of {condition_name!r}.")

    def save(self, file_name: str, num_files: int = 1, file_type: str = "mindrecord") -> None:
        """Writes one pass to MindSpore's record files: numbers, text, bytes, and arrays flat.

        Raises:
            ArgumentError: another file type, or a number of files outside 1 to 1000.
            DTypeError: a column of a dtype that record files do not hold.
        """
        from .saving import save

        save(self, file_name, num_files, file_type)

    def build_vocab(self, columns: Any, freq_range: tuple | None = None, top_k: int | None = None,
                    special_tokens: list[str] | None = None, special_first: bool = True) -> Any:
        """The :class:`luojia.dataset.text.Vocab` of columns of text; see ``Vocab.from_dataset``."""
        from .text import Vocab

        return Vocab.from_dataset(self, columns, freq_range, top_k, special_tokens, special_first)

    def padded_batch(self, batch_size: int, drop_remainder: bool = False, num_parallel_workers: int | None = None,
                     pad_info: dict | None = None) -> Dataset:
        """Batches of rows of different shapes, padded.

        Args:
            pad_info: a dict from a column to (shape, value); None in the shape is the largest in the batch. The empty
                dict pads every column with 0; None (default) pads nothing.
        """
        from .batching import PaddedBatchDataset
        from .sources import workers_of

        workers_of(num_parallel_workers)
        return _fitted(PaddedBatchDataset, self, batch_size, drop_remainder, pad_info)

    def map(self, operations: Any, input_columns: Any = None, output_columns: Any = None,
            num_parallel_workers: int | None = None, **kwargs: Any) -> Dataset:
        """Functions applied to columns, one after the other.

        Args:
            operations: a function, a transform, or a list of them; several inputs are several arguments, a tuple is
                several outputs.
            input_columns: a name or names; default the first column.
            output_columns: names of the results; default those of the inputs.
            callbacks: a :class:`DSCallback` or a list of them.
            num_parallel_workers and others: accepted; functions run in this process.
        """
        from .arguments import tuning
        from .sources import workers_of
        from .steps import MapDataset

        workers_of(num_parallel_workers)
        column_order = kwargs.pop("column_order", None)  # of MindSpore before 2.0
        made = _fitted(MapDataset, self, operations, input_columns, output_columns, kwargs.pop("callbacks", None))
        wrong = {*kwargs} - {"python_multiprocessing", "cache", "max_rowsize", "offload"}
        if wrong:
            raise DTypeError(f"map got an unexpected keyword argument {sorted(wrong)[0]!r}.")
        tuning(**kwargs)
        return made if column_order is None else made.project(column_order)

    def filter(self, predicate: Callable[..., Any], input_columns: Any = None,
               num_parallel_workers: int | None = None) -> Dataset:
        """The rows for which ``predicate`` of these columns (default: all) is true."""
        from .sources import workers_of
        from .steps import FilterDataset

        workers_of(num_parallel_workers)
        return _fitted(FilterDataset, self, predicate, input_columns)

    def shuffle(self, buffer_size: int) -> Dataset:
        """A random order: each row is drawn from a buffer of this many that follow."""
        from .steps import ShuffleDataset

        return ShuffleDataset(self, buffer_size)

    def repeat(self, count: int | None = None) -> Dataset:
        """The rows ``count`` times over, each time in a new order; None or -1 is without end."""
        from .steps import RepeatDataset

        return RepeatDataset(self, count)

    def take(self, count: int = -1) -> Dataset:
        """The first ``count`` rows; -1 takes all."""
        from .steps import TakeDataset

        return TakeDataset(self, count)

    def skip(self, count: int) -> Dataset:
        """What follows the first ``count`` rows."""
        from .steps import SkipDataset

        return SkipDataset(self, count)

    def zip(self, datasets: Any) -> Dataset:
        """The columns of this and of another pipeline (or a tuple of them) side by side."""
        from .steps import ZipDataset

        checks.kind(datasets, (tuple, Dataset), "datasets")
        return ZipDataset((self, *datasets) if isinstance(datasets, tuple) else (self, datasets))

    def concat(self, datasets: Any) -> Dataset:
        """The rows of this pipeline, then those of another (or of a list of them)."""
        from .steps import ConcatDataset

        checks.kind(datasets, (list, Dataset), "datasets")
        return ConcatDataset([self, *datasets] if isinstance(datasets, list) else [self, datasets])

    __add__ = concat

    def project(self, columns: Any) -> Dataset:
        """These columns only, in this order."""
        from .steps import ProjectDataset

        return _fitted(ProjectDataset, self, columns)

    def rename(self, input_columns: Any, output_columns: Any) -> Dataset:
        """Columns under other names."""
        from .steps import RenameDataset

        return _fitted(RenameDataset, self, input_columns, output_columns)

    def apply(self, apply_func: Callable[[Dataset], Dataset]) -> Dataset:
        """``apply_func(self)``, which must give a pipeline."""
        if not callable(apply_func):
            raise DTypeError(f"apply_func must be a function, got {apply_func!r}.")
        made = apply_func(self)
        if not isinstance(made, Dataset):
            raise DTypeError(f"apply_func must return a dataset, it gave a {type(made).__name__}.")
        return made

    def split(self, sizes: Sequence[int] | Sequence[float], randomize: bool = True) -> list[Dataset]:
        """Parts of these sizes: numbers of rows that sum to the length, or shares that sum to 1.

        With ``randomize`` the rows are drawn in a random order that is fixed now.
        """
        from .steps import part_sizes

        checks.flag(randomize, "randomize")
        lengths = part_sizes(sizes, self.get_dataset_size())
        order = self.split_order(config.new_order(), sum(lengths)) if randomize else np.arange(sum(lengths))
        ends = np.cumsum(lengths)
        return [self.part(order[end - n : end], randomize) for n, end in zip(lengths, ends)]

    def part(self, picked: np.ndarray, shuffled: bool) -> Dataset:
        """The rows of these numbers, of ``split``, which are in a random order if ``shuffled``."""
        from .steps import Part

        return Part(self, picked, shuffled)

    def split_order(self, rng: Any, count: int) -> np.ndarray:
        """The random order in which ``split`` deals out the rows."""
        from .steps import drawn

        return np.fromiter(drawn(range(count), count, rng.places(self)), np.int64, count)

    # -- facts -------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self.get_dataset_size()

    def is_shuffled(self) -> bool:
        """Whether the order of the rows is random, by the source or by a step."""
        return any(child.is_shuffled() for child in self.children)

    def is_sharded(self) -> bool:
        """Whether the rows are those of one shard of several."""
        return any(child.is_sharded() for child in self.children)

    def get_batch_size(self) -> int:
        """The rows in a batch; 1 without ``batch``."""
        return self.children[0].get_batch_size() if self.children else 1

    def get_repeat_count(self) -> int:
        """The count of the last ``repeat``; -1 if without end."""
        return self.children[0].get_repeat_count() if self.children else 1

    def num_classes(self) -> int | None:
        """The number of classes of a source that knows it."""
        return self.children[0].num_classes() if self.children else None

    def get_class_indexing(self) -> dict:
        """The classes' numbers by name, of a source that knows them."""
        return self.children[0].get_class_indexing() if self.children else {}

    def _first(self) -> Row:
        return next(iter(self.rows(Still())), ())

    def output_shapes(self, estimate: bool = False) -> list[list[int | None]]:
        """The columns' shapes, as the first row has them; with ``estimate`` None where rows differ. [] without rows."""
        checks.flag(estimate, "estimate")
        found: list[list[int | None]] = [list(value.shape) for value in self._first()]
        for row in self.rows(Still()) if estimate else ():
            found = [
                [a if a == b else None for a, b in zip(known, value.shape)] for known, value in zip(found, row)
            ]
        return found

    def output_types(self) -> list[np.dtype]:
        """The columns' dtypes, as the first row has them; of text and of bytes without a length."""
        return [np.dtype(v.dtype.kind) if v.dtype.kind in "US" else v.dtype for v in self._first()]

    # -- iterators ---------------------------------------------------------------------------------------------------

    def create_dict_iterator(self, num_epochs: int = -1, output_numpy: bool = False, do_copy: bool = False) -> Rows:
        """Rows as dicts by column. Values are Tensors, or with ``output_numpy`` NumPy arrays.

        Args:
            num_epochs: how often the iterator may be passed through; -1 always.
        """
        checks.flag(do_copy, "do_copy")
        data = self._shown()
        names = data.get_col_names()
        convert = converter(output_numpy)
        return DictIterator(data, lambda row: dict(zip(names, convert(row))), num_epochs)

    def create_tuple_iterator(self, columns: Any = None, num_epochs: int = -1, output_numpy: bool = False,
                              do_copy: bool = False) -> Rows:
        """Rows as lists, of these columns or all."""
        checks.flag(do_copy, "do_copy")
        data = self._shown() if columns is None else self.project(columns)
        return TupleIterator(data, converter(output_numpy), num_epochs)

    def _shown(self) -> Dataset:
        """Without the columns of metadata, which are there to be renamed."""
        names = self.get_col_names()
        shown = [name for name in names if not name.startswith("_meta-")]
        return self if len(shown) == len(names) else self.project(shown)

    def __iter__(self) -> Rows:
        return self.create_tuple_iterator(num_epochs=1)

    def __getattr__(self, name: str) -> Any:
        if name in ("device_que", "build_sentencepiece_vocab"):
            raise RefusedName(f"Dataset.{name} is not provided; iterate over the dataset instead.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def to_json(self, filename: str = "") -> dict:
        """What the pipeline is made of, written to a file too if one is named; see ``luojia.dataset.serialize``."""
        from .tools import serialize

        return serialize(self, filename)

    @property
    def input_indexs(self) -> Any:
        """Remembered only: which columns are the network's inputs."""
        own = self.__dict__.get("_input_indexs")
        return own if own is not None else self.children[0].input_indexs if self.children else ()

    @input_indexs.setter
    def input_indexs(self, value: Any) -> None:
        self._input_indexs = value

    def reset(self) -> None:
        """Accepted: each iterator begins anew."""


class Rows:
    """An iterator over a pipeline: once through it is one pass, and the next one begins the next."""

    def __init__(self, dataset: Dataset, convert: Callable[[Row], Any], num_epochs: int) -> None:
        checks.whole(num_epochs, "num_epochs", -1)
        if num_epochs == 0:
            raise ArgumentError("num_epochs should be either -1 or positive integer, num_epochs: 0.")
        self._dataset, self._convert, self._left = dataset, convert, num_epochs
        self._rng, self._rows = config.new_order(), iter(())
        self._rng.epoch = -1  # until the first pass begins
        self._started = False

    def _begin(self) -> None:
        if self._left == 0:
            raise PipelineError(
                "EOF buffer encountered. User tries to fetch data beyond the specified number of "
                "epochs; pass a larger num_epochs, or -1."
            )
        self._left -= self._left > 0
        self._rng.epoch += 1
        self._rows, self._started = self._dataset.rows(self._rng), True

    def __iter__(self) -> Rows:
        """The iterator, where it stands: a pass that was left goes on, and after its end the next begins."""
        return self

    def __next__(self) -> Any:
        if not self._started:
            self._begin()
        for row in self._rows:
            return self._convert(row)
        self._started = False
        raise StopIteration

    def get_next(self) -> Any:
        """The next row."""
        return next(self)

    def stop(self) -> None:
        """Ends the pass."""
        self._rows = iter(())

    release = stop


class DictIterator(Rows):
    """Rows as dicts."""


class TupleIterator(Rows):
    """Rows as lists."""


def names_of(columns: Any, name: str) -> list[str]:
    """A name or names, given as the argument ``name``, as a list of them."""
    checks.kind(columns, (list, str), name)
    names = [columns] if isinstance(columns, str) else columns
    if not names:
        raise ArgumentError(f"{name} should not be empty{' str' * (columns == '')}.")
    for i, column in enumerate(names):
        checks.kind(column, (str,), f"{name}[{i}]")
        if not column:
            raise ArgumentError(f"{name}[{i}] should not be an empty str.")
    if len(set(names)) < len(names):
        raise ArgumentError(f"Every column name should not be same with others in column_names, got {names}.")
    return list(names)


def positions(dataset: Dataset, columns: list[str], who: str, words: str = "") -> list[int]:
    """Where these columns stand; ``words`` say what is wrong where one is missing, in MindSpore's words.

    Raises:
        ColumnError: there is no such column.
    """
    known = dataset.get_col_names()
    for name in columns:
        if name not in known:
            words = words or "Invalid parameter, input column name: {} doesn't exist in the dataset columns"
            raise ColumnError(f"{who}: {words.format(name)}. The columns are {known}.")
    return [known.index(name) for name in columns]


def _fitted(make: Callable[..., Dataset], child: Dataset, *args: Any, **kwargs: Any) -> Dataset:
    """The step ``make(child, ...)``; one that does not fit its columns says so when it is used, as MindSpore's do."""
    try:
        return make(child, *args, **kwargs)
    except ColumnError as error:
        return Unfit(child, error)


class Unfit(Dataset):
    """A step that does not fit the columns that it was put on."""

    def __init__(self, child: Dataset, error: ColumnError) -> None:
        super().__init__(child)
        self.error = error

    def get_col_names(self) -> list[str]:
        raise self.error

    def get_dataset_size(self) -> int:
        raise self.error

    def rows(self, rng: Any) -> Iterator[Row]:
        raise self.error
