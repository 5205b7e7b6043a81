"""CIFAR's files, written here: in folders, in an archive, missing, damaged."""

import hashlib
import io
import tarfile

import numpy as np
import pytest

from luojia._src.data import cifar
from luojia._src.data.mirror import MissingDataError
from luojia._src.errors import ArgumentError
from luojia._src.formats import cifar as cifar_format


def batch(label, records=2, coarse=None):
    head = [coarse, label] if coarse is not None else [label]
    return b"".join(bytes(head) + bytes([i]) * 3072 for i in range(records))


@pytest.fixture(autouse=True)
def nowhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MXNET_HOME", raising=False)
    monkeypatch.delenv("MXNET_GLUON_REPO", raising=False)


def write(folder):
    folder.mkdir(parents=True)
    for i in range(1, 6):
        (folder / f"data_batch_{i}.bin").write_bytes(batch(i))
    (folder / "test_batch.bin").write_bytes(batch(9))


def test_files_in_a_folder(tmp_path):
    write(tmp_path / "here" / "cifar-10-batches-bin")
    images, labels = cifar.load(True, cifar_format.load, str(tmp_path / "here"))
    assert images.shape == (10, 32, 32, 3) and labels.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert cifar.load(False, cifar_format.load, str(tmp_path / "here"))[1].tolist() == [9, 9]
    assert len(cifar.load(None, cifar_format.load, str(tmp_path / "here"))[1]) == 12


def test_download_unpacks_only_known_names(tmp_path, monkeypatch):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in ("cifar-100-binary/train.bin", "../test.bin", "../../evil.sh"):
            info = tarfile.TarInfo(name)
            content = batch(7, coarse=3)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    content = packed.getvalue()
    monkeypatch.setitem(cifar.ARCHIVES, "cifar100", ("a.tar.gz", hashlib.sha1(content).hexdigest()))
    seen = []
    images, labels = cifar.load(True, cifar_format.load, None, "cifar100", lambda url: seen.append(url) or content)
    assert images.shape == (2, 32, 32, 3) and labels.tolist() == [[3, 7], [3, 7]]
    assert seen[0].endswith("/gluon/dataset/cifar100/a.tar.gz")
    folder = tmp_path / "home" / ".mxnet" / "datasets" / "cifar100"
    assert sorted(p.name for p in folder.iterdir()) == ["test.bin", "train.bin"]
    assert not list(tmp_path.rglob("evil.sh"))


def test_missing_files_are_named(tmp_path):
    def no_network(url):
        raise OSError("no network")

    with pytest.raises(MissingDataError, match=r"could not be read \(no network\)") as caught:
        cifar.load(True, cifar_format.load, str(tmp_path / "x"), fetch=no_network)
    for part in ("data_batch_1.bin", str(tmp_path / "x"), "luojia.data.digits()", "cifar-10-binary.tar.gz"):
        assert part in str(caught.value)
    with pytest.raises(MissingDataError, match="downloading is switched off"):
        cifar.load(True, cifar_format.load)
    with pytest.raises(MissingDataError, match="gave 3 bytes with SHA-1"):
        cifar.load(True, cifar_format.load, fetch=lambda url: b"abc")
    with pytest.raises(ArgumentError, match="no data set 'cifar7' of this format; there are cifar10, cifar100"):
        cifar.load(True, cifar_format.load, name="cifar7")
    assert np.all([not p.is_file() for p in tmp_path.rglob("*")])
