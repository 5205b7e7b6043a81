import os
import stat
import subprocess
import sys

import pytest

from luojia._src.formats import atomic
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


def test_the_end_of_the_process_leaves_the_old_file_whole(tmp_path):
    (tmp_path / "f").write_bytes(b"old")
    code = ("import os, signal, sys\nfrom luojia._src.formats import atomic\ndef pieces():\n    yield bytes(1 << 20)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\natomic.write_bytes(sys.argv[1], pieces())")
    assert subprocess.run([sys.executable, "-c", code, tmp_path / "f"]).returncode < 0
    assert (tmp_path / "f").read_bytes() == b"old"
    if (nameless := atomic._nameless(str(tmp_path))) is not None:  # else the system has no such files
        os.close(nameless)
        assert os.listdir(tmp_path) == ["f"]


@pytest.mark.parametrize("name", ["_nameless", "link"])
def test_systems_without_nameless_files(tmp_path, monkeypatch, name):
    def refuse(*_):
        raise OSError("no")

    if name == "link":
        monkeypatch.setattr(os, "link", refuse)
    else:
        monkeypatch.setattr(atomic, "_nameless", lambda folder: None)
    write_bytes(tmp_path / "f", [b"a" * 100_000, b"b"])
    assert (tmp_path / "f").read_bytes() == b"a" * 100_000 + b"b" and os.listdir(tmp_path) == ["f"]
    with pytest.raises(RuntimeError, match="disk is full"):
        write_bytes(tmp_path / "f", failing())
    assert os.listdir(tmp_path) == ["f"]


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
