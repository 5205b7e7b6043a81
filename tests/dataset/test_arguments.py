"""The arguments that sources have in common: of another type or too small they raise before a file is looked at."""

import numpy as np
import pytest

from luojia import dataset as ds

FOLDERS = ("Mnist", "Cifar10", "ImageFolder", "VOC", "CelebA", "Places365", "LSUN", "YesNo", "IMDB", "AGNews", "SQuAD")


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"num_samples": "a"}, TypeError, "Argument num_samples with value a is not of type"),
        ({"num_samples": True}, TypeError, "Argument num_samples with value True is not of type"),
        ({"num_samples": -1}, ValueError, "num_samples exceeds the boundary between 0 and"),
        ({"num_parallel_workers": 1.5}, TypeError, "Argument num_parallel_workers with value 1.5 is not of type"),
        ({"num_parallel_workers": 0}, ValueError, "num_parallel_workers exceeds the boundary between 1"),
        ({"num_shards": [2]}, TypeError, r"Argument num_shards with value \[2\] is not of type"),
        ({"num_shards": 0, "shard_id": 0}, ValueError, "Input num_shards is not within the required interval"),
        ({"num_shards": 2, "shard_id": -1}, ValueError, "Input shard_id is not within the required interval"),
    ],
)
def test_shared_arguments(tmp_path, name, given, kind, message):
    with pytest.raises(kind, match=message):
        getattr(ds, name + "Dataset")(str(tmp_path), **given)


def test_arguments_of_some(tmp_path):
    for given, message in (({"decode": "a"}, "Argument decode with value a"), ({"extensions": ".png"}, "extensions"),
                           ({"class_indexing": 1}, "Argument class_indexing with value 1")):
        with pytest.raises(TypeError, match=message):
            ds.ImageFolderDataset(str(tmp_path), **given)
    for name in ("Mnist", "AGNews", "EMnist", "DIV2K", "KITTI", "LFW", "GTZAN"):
        with pytest.raises(TypeError, match="Argument usage with value 1 is not of type"):
            args = {"EMnist": ("mnist",)}.get(name, ())
            getattr(ds, name + "Dataset")(str(tmp_path), *args, usage=1)
    with pytest.raises(TypeError, match="path: 1 is not string"):
        ds.MnistDataset(1)
    with pytest.raises(TypeError, match="shuffle with value a is not of type"):
        ds.NumpySlicesDataset([1], shuffle="a")
    with pytest.raises(TypeError, match="missing a required argument: 'dataset_dir'"):
        ds.MnistDataset()
    with pytest.raises(TypeError, match="language_pair should be a type list or tuple of length 2"):
        ds.IWSLT2016Dataset(str(tmp_path), language_pair="a")
    with pytest.raises(ValueError, match="language_pair should be a list or tuple of length 2, but got 0"):
        ds.Multi30kDataset(str(tmp_path), language_pair=[])
    assert len(ds.NumpySlicesDataset([1, 2, 3], num_samples=np.int64(2))) == 2


def test_split_parts_take_samplers():
    whole = ds.NumpySlicesDataset({"x": list(range(10))}, shuffle=True)
    first, second = whole.split([0.7, 0.3])
    assert type(first) is ds.NumpySlicesDataset and (len(first), len(second)) == (7, 3)
    kept = [[int(x) for x, in part] for part in (first, second, first, second)]
    assert kept[:2] == kept[2:] and sorted(kept[0] + kept[1]) == list(range(10))
    second.use_sampler(ds.SubsetSampler([2, 0]))
    assert [int(x) for x, in second] == [kept[1][2], kept[1][0]] and len(whole) == 10
    first.use_sampler(ds.DistributedSampler(2, 1, shuffle=False))
    (batch,) = next(first.batch(4).create_tuple_iterator(output_numpy=True))
    assert batch.tolist() == [kept[0][i] for i in (1, 3, 5, 0)]
    with pytest.raises(TypeError, match="Input sampler is not an instance of a sampler, got 3"):
        first.use_sampler(3)
    with pytest.raises(TypeError, match="randomize with value 1"):
        whole.split([5, 5], 1)


def test_the_classes_of_pipelines_have_mindspores_names():
    data = ds.NumpySlicesDataset([[1], [2]], ["x"])
    for made, name in ((data.batch(1), "BatchDataset"), (data.padded_batch(1), "PaddedBatchDataset"),
                       (data.map(abs), "MapDataset"), (data.repeat(2), "RepeatDataset"), (data + data, "ConcatDataset"),
                       (data.bucket_batch_by_length(["x"], [2], [1, 1]), "BucketBatchByLengthDataset")):
        assert type(made) is getattr(ds, name) and type(made).__name__ == name
