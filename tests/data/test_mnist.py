import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from luojia._src.data import mirror, mnist
from luojia._src.errors import ArgumentError, FormatError


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """No folder of this machine is looked at."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MXNET_HOME", raising=False)
    monkeypatch.delenv("MXNET_GLUON_REPO", raising=False)
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")


def read(path):
    """A reader for the tests' own files: the shape in the first bytes."""
    content = Path(path).read_bytes()
    content = gzip.decompress(content) if path.endswith(".gz") else content
    return np.frombuffer(content, np.uint8).reshape((-1, 28, 28) if "images" in path else -1)


IMAGES = bytes(range(256)) * 49 * 2  # 32 images
LABELS = bytes(range(10)) * 3 + bytes(2)


def put(folder, files=None, packed=True):
    folder.mkdir(parents=True, exist_ok=True)
    for file in files or mnist.names(False):
        content = IMAGES if "images" in file else LABELS
        (folder / (file + ".gz" if packed else file)).write_bytes(gzip.compress(content) if packed else content)


PLACES = ["root", "home/.mxnet/datasets/mnist", "elsewhere/datasets/mnist", "cwd/data/mnist", "cwd/data", "cwd"]


@pytest.mark.parametrize("place", PLACES)
def test_files_are_found_in_the_usual_folders(tmp_path, monkeypatch, place):
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "elsewhere"))
    put(tmp_path / place)
    images, labels = mnist.load(False, read, root=str(tmp_path / "root"))
    assert images.shape == (32, 28, 28, 1) and images.dtype == np.uint8
    assert labels.shape == (32,) and labels.dtype == np.int32 and labels[11] == 1


def test_plain_and_dotted_names(tmp_path):
    put(tmp_path / "plain", packed=False)
    assert len(mnist.load(False, read, root=str(tmp_path / "plain"))[0]) == 32
    put(tmp_path / "dots", ["t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"], packed=False)
    assert len(mnist.load(False, read, root=str(tmp_path / "dots"))[0]) == 32


def test_a_download_is_checked_and_kept(tmp_path, monkeypatch):
    content = {file: gzip.compress(IMAGES if "images" in file else LABELS) for file in mnist.names(True)}
    monkeypatch.setitem(mnist.FILES, "mnist", {f: hashlib.sha1(c).hexdigest() for f, c in content.items()})
    asked = []

    def fetch(url):
        asked.append(url)
        return content[url.rsplit("/", 1)[1].removesuffix(".gz")]

    root = tmp_path / "root"
    assert len(mnist.load(True, read, root=str(root), fetch=fetch)[1]) == 32
    assert len(asked) == 2 and asked[0].endswith("gluon/dataset/mnist/train-images-idx3-ubyte.gz")
    assert sorted(p.name for p in root.iterdir()) == sorted(f + ".gz" for f in content)
    mnist.load(True, read, root=str(root), fetch=fetch)
    assert len(asked) == 2
    monkeypatch.setenv("MXNET_GLUON_REPO", "http://mirror/")
    mnist.load(True, read, fetch=fetch)
    assert asked[2] == "http://mirror/gluon/dataset/mnist/train-images-idx3-ubyte.gz"
    assert (tmp_path / "home/.mxnet/datasets/mnist/train-images-idx3-ubyte.gz").is_file()


def test_what_is_missing_is_said_with_the_remedy(tmp_path):
    with pytest.raises(mirror.MissingDataError) as caught:
        mnist.load(True, read, root=str(tmp_path / "root"))
    message = str(caught.value)
    for part in [*mnist.FILES["mnist"], str(tmp_path / "root"), ".mxnet/datasets/mnist", "luojia.data.digits()"]:
        assert part in message
    assert isinstance(caught.value, FileNotFoundError)


def test_a_failed_or_wrong_download_leaves_nothing(tmp_path):
    def offline(url):
        raise OSError("no route to host")

    root = tmp_path / "root"
    with pytest.raises(mirror.MissingDataError, match="could not be read .no route to host"):
        mnist.load(True, read, root=str(root), fetch=offline)
    with pytest.raises(mirror.MissingDataError, match="gave 3 bytes with SHA-1 .*, not 6c95f4b0"):
        mnist.load(True, read, root=str(root), fetch=lambda url: b"abc")
    assert not root.exists()


def test_errors(tmp_path):
    with pytest.raises(ArgumentError, match="no data set 'kmnist'.*there are mnist, fashion-mnist"):
        mnist.names(True, "kmnist")
    put(tmp_path / "root")
    with pytest.raises(FormatError, match=r"n images \(n, rows, columns\) and n labels, got shapes"):
        mnist.load(False, lambda path: read(path)[:5] if "labels" in path else read(path), root=str(tmp_path / "root"))


def test_fashion_is_not_confused_with_mnist(tmp_path):
    put(tmp_path / "cwd")  # MNIST's files, which have the same names
    with pytest.raises(mirror.MissingDataError, match="The files of fashion-mnist"):
        mnist.load(False, read, name="fashion-mnist")
