"""What the readers of data sets share in finding and fetching files."""

from luojia._src.data import mirror


def test_fetch_url_reads_bytes(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    assert mirror.fetch_url((tmp_path / "file").as_uri()) == b"abc"


def test_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "home"))
    own = tmp_path / "home" / "datasets" / "mnist"
    assert mirror.mxnet_folders("mnist")[0] == own and len(mirror.mxnet_folders("mnist")) == 2
    found = mirror.searched(str(tmp_path / "root"), "mnist", [own, tmp_path])
    assert found[:2] == [tmp_path / "root", own] and found[-1] == tmp_path and len(found) == 4
    assert mirror.target(None, "mnist") == own and own.is_dir()
    assert mirror.target(str(tmp_path / "root"), "mnist") == tmp_path / "root"


def test_a_file_is_written_whole(tmp_path):
    for content in (b"abc", b"de"):
        mirror.write(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
