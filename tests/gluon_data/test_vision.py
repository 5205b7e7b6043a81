"""Gluon's data sets and transforms of images; expected numbers from mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import gluon, nd
from luojia._src.data import codecs
from luojia._src.data.mirror import MissingDataError
from luojia._src.formats import idx
from luojia.gluon.data import vision
from luojia.gluon.data.vision import transforms as T

PIXELS = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
IMAGE = nd.array(PIXELS, dtype="uint8")


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    def refuse(url):
        raise OSError("no network")

    monkeypatch.setattr("luojia._src.data.mirror.fetch_url", refuse)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MXNET_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


def write_mnist(folder, name="t10k", count=3):
    folder.mkdir(parents=True, exist_ok=True)
    images = np.arange(count * 784).reshape(count, 28, 28).astype(np.uint8)
    idx.save(str(folder / f"{name}-images-idx3-ubyte.gz"), images)
    idx.save(str(folder / f"{name}-labels-idx1-ubyte.gz"), np.arange(count, dtype=np.uint8))
    return images


@pytest.mark.parametrize("kind", [vision.MNIST, vision.FashionMNIST])
def test_mnist(tmp_path, kind, no_network):
    images = write_mnist(tmp_path / "root")
    dataset = kind(str(tmp_path / "root"), train=False)
    image, label = dataset[1]
    assert (image.shape, image.dtype) == ((28, 28, 1), np.uint8) and isinstance(image, nd.NDArray)
    assert (label, type(label), len(dataset)) == (1, np.int32, 3)
    pictures, labels = dataset[0:2]
    assert pictures.shape == (2, 28, 28, 1) and labels.tolist() == [0, 1]
    data, label = next(iter(gluon.data.DataLoader(dataset, 2)))
    assert (data.asnumpy()[..., 0] == images[:2]).all() and label.dtype == np.int32
    both = kind(str(tmp_path / "root"), train=False, transform=lambda d, l: (d.astype("float32") / 255, l))
    assert both[0][0].dtype == np.float32


def test_the_default_folder_follows_mxnet_home(tmp_path, no_network, monkeypatch):
    write_mnist(tmp_path / "store" / "datasets" / "mnist")
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "store"))
    assert len(vision.MNIST(train=False)) == 3


def test_missing_files_name_what_to_do(no_network, tmp_path):
    with pytest.raises(MissingDataError, match=r"luojia\.data\.digits\(\)") as caught:
        vision.MNIST(str(tmp_path / "nowhere"))
    assert "train-images-idx3-ubyte.gz" in str(caught.value) and str(tmp_path / "nowhere") in str(caught.value)
    with pytest.raises(MissingDataError, match="cifar-10-binary"):
        vision.CIFAR10(str(tmp_path / "nowhere"))


def test_cifar(tmp_path, no_network):
    record = bytes([7]) + bytes(3072)
    (tmp_path / "test_batch.bin").write_bytes(record * 2)
    dataset = vision.CIFAR10(str(tmp_path), train=False)
    assert len(dataset) == 2 and dataset[1][0].shape == (32, 32, 3) and dataset[1][1] == 7
    (tmp_path / "test.bin").write_bytes(bytes([3, 42]) + bytes(3072))
    assert vision.CIFAR100(str(tmp_path), train=False)[0][1] == 3
    assert vision.CIFAR100(str(tmp_path), fine_label=True, train=False)[0][1] == 42


def test_image_folder(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").write_bytes(codecs.encode(PIXELS + (name == "b"), ".png", 9))
    dataset = vision.ImageFolderDataset(str(tmp_path))
    assert dataset.synsets == ["a", "b"] and [label for _, label in dataset.items] == [0, 1] and len(dataset) == 2
    image, label = dataset[1]
    assert (image.asnumpy() == PIXELS + 1).all() and label == 1
    assert vision.ImageFolderDataset(str(tmp_path), flag=0)[0][0].shape == (4, 5, 1)
    (tmp_path / "a" / "notes.txt").write_text("")
    (tmp_path / "file").write_text("")
    with pytest.warns(UserWarning) as seen:
        vision.ImageFolderDataset(str(tmp_path))
    messages = [str(w.message) for w in seen]
    assert "notes.txt of type .txt" in messages[0] and "not a directory" in messages[1] and len(messages) == 2
    with pytest.raises(FileNotFoundError):
        vision.ImageFolderDataset(str(tmp_path / "nowhere"))


def test_image_records(tmp_path):
    with mx.recordio.MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "w") as file:
        file.write_idx(0, mx.recordio.pack_img(mx.recordio.IRHeader(0, 4.0, 0, 0), PIXELS[..., ::-1], 9, ".png"))
    dataset = vision.ImageRecordDataset(str(tmp_path / "a.rec"))
    image, label = dataset[0]
    assert (image.asnumpy() == PIXELS).all() and label == 4
    assert vision.ImageRecordDataset(str(tmp_path / "a.rec"), 0, lambda x, y: (x.shape, y))[0] == ((4, 5, 1), 4)


def test_to_tensor_and_normalize(assert_close):
    tensor = T.ToTensor()(IMAGE)
    assert tensor.shape == (3, 4, 5) and tensor.dtype == np.float32
    assert_close(tensor[0, 0].asnumpy(), np.float32([0.0, 0.01176471, 0.02352941, 0.03529412, 0.04705882]))
    assert T.ToTensor()(nd.zeros((2, 4, 5, 3), dtype="uint8")).shape == (2, 3, 4, 5)
    normal = T.Normalize((1, 2, 3), (2, 2, 2))(nd.ones((3, 1, 2)) * 3)
    assert normal.asnumpy().tolist() == [[[1, 1]], [[0.5, 0.5]], [[0, 0]]]
    with pytest.raises(mx.MXNetError, match=r"1 or 3 channels, got \(2, 1, 2\)"):
        T.Normalize(1, 2)(nd.ones((2, 1, 2)))
    with pytest.raises(mx.MXNetError, match=r"Normalize has 3 means, but the image has 1 channel"):
        T.Normalize((1, 2, 3), 2)(nd.ones((1, 1, 2)))
    with pytest.raises(mx.MXNetError, match=r"ToTensor expects an image"):
        T.ToTensor()(nd.ones((2, 2)))


def test_sizes():
    assert T.Resize((4, 2))(IMAGE).asnumpy()[:, :, 0].tolist() == [[8, 12, 15, 19], [38, 42, 45, 49]]
    assert T.Resize(2)(IMAGE).shape == T.Resize(2, keep_ratio=True)(IMAGE).shape == (2, 2, 3)
    assert T.Resize((3, 2))(IMAGE).shape == (2, 3, 3) and T.Resize(2)(IMAGE).dtype == np.uint8
    assert T.CenterCrop((2, 2))(IMAGE).asnumpy()[:, :, 0].tolist() == [[18, 21], [33, 36]]
    assert T.CenterCrop((3, 3))(IMAGE).asnumpy()[:, :, 0].tolist() == [[3, 6, 9], [18, 21, 24], [33, 36, 39]]
    assert T.CenterCrop((9, 9))(IMAGE).shape == (9, 9, 3)
    assert (T.CropResize(1, 0, 2, 3)(IMAGE).asnumpy() == PIXELS[0:3, 1:3]).all()
    assert T.CropResize(1, 0, 2, 3, (4, 6))(IMAGE).shape == (6, 4, 3)
    assert T.RandomResizedCrop(3)(IMAGE).shape == (3, 3, 3)
    assert T.RandomCrop(4, pad=1)(IMAGE).shape == (4, 4, 3)
    batch = nd.array(np.stack([PIXELS, PIXELS]), dtype="uint8")
    assert T.Resize(2)(batch).shape == (2, 2, 2, 3)
    with pytest.raises(ValueError, match=r"Resize expects a size in pixels, a number or \(width, height\), got 'a'"):
        T.Resize("a")
    with pytest.raises(ValueError, match="interp expects 0 nearest, .*3 area, .*10 by chance, got 5"):
        T.Resize(3, interpolation=5)
    with pytest.raises(mx.MXNetError, match=r"CenterCrop expects an image \(H, W, C\) or a batch .* got \(2, 2\)"):
        T.CenterCrop(1)(nd.ones((2, 2)))


def test_random_changes():
    assert (T.RandomFlipLeftRight(1)(IMAGE).asnumpy() == PIXELS[:, ::-1]).all()
    assert (T.RandomFlipTopBottom(1)(IMAGE).asnumpy() == PIXELS[::-1]).all()
    flips = [bool((T.RandomFlipLeftRight()(IMAGE).asnumpy() == PIXELS).all()) for _ in range(60)]
    assert 10 < sum(flips) < 50
    colourful = nd.array(PIXELS * np.uint8([1, 2, 4]), dtype="uint8")
    for change in (T.RandomBrightness(0.5), T.RandomContrast(0.5), T.RandomSaturation(0.5), T.RandomHue(0.5),
                   T.RandomColorJitter(0.5, 0.5, 0.5, 0.5), T.RandomLighting(0.5)):
        made = [change(colourful).asnumpy() for _ in range(4)]
        assert made[0].dtype == np.uint8 and made[0].shape == PIXELS.shape
        assert any((m != made[0]).any() for m in made[1:]), type(change).__name__
    assert (T.RandomBrightness(brightness=0.0)(IMAGE).asnumpy() == PIXELS).all()
    assert (T.RandomApply(T.Cast(), p=0)(IMAGE).asnumpy() == PIXELS).all()
    assert T.RandomApply(T.Cast(), p=1)(IMAGE).dtype == np.float32
    with pytest.raises(TypeError, match="RandomHue takes one argument, 'hue'"):
        T.RandomHue()


def test_colours_change_as_nd_image_changes_them(monkeypatch):
    """The numbers are those of mxnet 1.9.1's nd.image.random_hue and random_brightness: cut off, not rounded."""
    image = nd.array([[[106, 183, 0], [77, 37, 23]]], dtype="uint8")
    monkeypatch.setattr(np.random, "uniform", lambda low, high: 0.3)
    assert T.RandomHue(0.4)(image).asnumpy().tolist() == [[[0, 142, 183], [23, 77, 26]]]
    monkeypatch.setattr(np.random, "uniform", lambda low, high: 1.3)
    assert T.RandomBrightness(0.4)(image).asnumpy().tolist() == [[[137, 237, 0], [100, 48, 29]]]


def test_compose():
    composed = T.Compose([T.Resize(8), lambda x: x, T.ToTensor(), T.Normalize(0, 1)])
    assert composed(IMAGE).shape == (3, 8, 8)
    assert repr(T.Compose([T.ToTensor()])) == "Compose(\n  (0): ToTensor(\n  \n  )\n)"
    assert [type(t).__name__ for t in composed] == ["Resize", "_Function", "HybridSequential"]
    parts = T.Compose([T.CenterCrop(4), T.ToTensor(), T.Normalize(0, 1), T.RandomResizedCrop(2)])
    assert [type(p).__name__ for p in parts] == ["CenterCrop", "HybridSequential", "RandomResizedCrop"]
    assert T.HybridCompose([T.Resize(3), T.ToTensor(), T.Cast("float16")])(IMAGE).dtype == np.float16
    dataset = gluon.data.ArrayDataset(np.stack([PIXELS] * 4), np.arange(4)).transform_first(composed)
    assert [p.shape for p in next(iter(gluon.data.DataLoader(dataset, 3)))] == [(3, 3, 8, 8), (3,)]
    assert T.Cast("float16")(PIXELS).dtype == np.float16
    with pytest.raises(TypeError, match="ToTensor transforms an NDArray or NumPy array, got a str"):
        T.ToTensor()("a")
    grey = T.RandomGray(1.0)(IMAGE).asnumpy()
    np.testing.assert_array_equal(grey, np.repeat((PIXELS @ np.float32([0.299, 0.587, 0.114]))[..., None], 3, -1)
                                  .astype(np.uint8))
    np.testing.assert_array_equal(T.RandomGray(0.0)(IMAGE).asnumpy(), PIXELS)


def test_turns():
    x = nd.array(np.arange(24).reshape(1, 4, 6))
    row = T.Rotate(30)(x).asnumpy()[0, 1]
    np.testing.assert_allclose(row, [0.47789, 3.35289, 7.21891, 11.08494, 14.95096, 18.81699], rtol=1e-4)
    assert T.RandomRotation((30, 40), rotate_with_proba=0)(x) is x
    np.random.seed(0)
    assert np.abs(T.RandomRotation((30, 40), zoom_in=True)(x).asnumpy() - x.asnumpy()).max() > 1
    for make in (lambda: T.Rotate(30), lambda: T.RandomRotation((30, 40))):
        with pytest.raises(TypeError, match="only supports float32, got .*uint8"):
            make()(x.astype("uint8"))
    with pytest.raises(ValueError, match="`angle_limits` must be an ordered tuple"):
        T.RandomRotation((40, 30))
    with pytest.raises(ValueError, match="should be between 0 and 1, got 2"):
        T.RandomRotation((30, 40), rotate_with_proba=2)


def test_transforms_keep_the_class_of_arrays():
    x = mx.np.array(np.arange(48).reshape(4, 4, 3), dtype="uint8")
    for transform in (T.ToTensor(), T.Resize(2), T.CenterCrop(2), T.RandomFlipLeftRight(), T.Cast("float32")):
        assert type(transform(x)) is mx.np.ndarray and isinstance(transform(x.as_nd_ndarray()), mx.nd.NDArray)
    with mx.util.np_array(True):
        assert type(mx.image.imresize(x, 2, 2)) is mx.np.ndarray


def test_hybridized_transforms_are_the_same():
    parts = [T.Resize((4, 5)), T.ToTensor(), T.Normalize((0.1, 0.2, 0.3), (1, 2, 3)), T.Cast("float32")]
    expected = T.Compose(parts)(IMAGE).asnumpy()
    net = mx.gluon.nn.HybridSequential()
    net.add(*parts)
    composed = T.Compose([T.RandomFlipLeftRight(), *parts])
    net.hybridize()
    with pytest.warns(UserWarning, match="Consider using HybridSequential"):
        composed.hybridize()
    np.testing.assert_allclose(net(IMAGE).asnumpy(), expected, atol=1e-6)
    assert composed(IMAGE).shape == expected.shape
    symbol = T.Resize(4, keep_ratio=True)(mx.sym.var("x"))
    np.testing.assert_array_equal(symbol.eval(x=IMAGE)[0].asnumpy(), T.Resize(4, keep_ratio=True)(IMAGE).asnumpy())
    with pytest.raises(TypeError, match="CenterCrop transforms an NDArray or NumPy array, got a Symbol"):
        T.CenterCrop(2)(mx.sym.var("x"))
