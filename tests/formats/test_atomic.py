import os
import stat

import pytest

from luojia._src.formats.atomic import write_bytes


def test_writes_bytes_and_pieces(tmp_path):
    for data in (b"new", bytearray(b"new"), memoryview(b"new"), [b"n", b"ew"], (p for p in [b"ne", b"w"])):
        write_bytes(tmp_path / "f", data)
        assert (tmp_path / "f").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["f"]


def failing():
    yield b"half of it"
    raise RuntimeError("the disk is full")


def test_failure_leaves_the_old_file_whole_and_nothing_else(tmp_path):
    target = tmp_path / "f"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="disk is full"):
        write_bytes(target, failing())
    assert target.read_bytes() == b"old" and os.listdir(tmp_path) == ["f"]


def test_failure_at_the_replacement(tmp_path, monkeypatch):
    (tmp_path / "f").write_bytes(b"old")

    def refuse(*_):
        raise OSError("no")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="no"):
        write_bytes(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"old" and os.listdir(tmp_path) == ["f"]


def test_an_interrupt_leaves_no_file(tmp_path):
    def interrupted():
        yield b"x"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "f", interrupted())
    assert os.listdir(tmp_path) == []


def test_missing_folder_and_folder_as_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="needs the folder .*none.*; create it"):
        write_bytes(tmp_path / "none" / "f", b"")
    with pytest.raises(IsADirectoryError, match="name of a file, got the folder"):
        write_bytes(tmp_path, b"")


def test_keeps_permissions_and_replaces_a_read_only_file(tmp_path):
    target = tmp_path / "f"
    target.write_bytes(b"old")
    target.chmod(0o400)  # what MindSpore leaves
    write_bytes(target, b"new")
    assert target.read_bytes() == b"new" and stat.S_IMODE(target.stat().st_mode) == 0o400


def test_new_file_follows_the_umask(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_bytes(tmp_path / "f", b"")
    assert (tmp_path / "f").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_follows_links_and_writes_to_devices(tmp_path):
    (tmp_path / "f").write_bytes(b"old")
    (tmp_path / "link").symlink_to("f")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "f").read_bytes() == b"new"
    write_bytes(os.devnull, [b"gone"])
    assert not os.path.isfile(os.devnull)


def test_long_names(tmp_path):
    write_bytes(tmp_path / ("x" * 255), b"fits")
    assert len(os.listdir(tmp_path)) == 1
