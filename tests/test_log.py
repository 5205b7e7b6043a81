"""MindSpore's log."""

import re

import pytest

from luojia import log


@pytest.mark.parametrize("level, written", [("2", ["warning", "error", "critical"]), ("3", ["error", "critical"]),
                                            ("0", ["debug", "info", "warning", "error", "critical"])])
def test_levels(level, written, capsys, monkeypatch):
    monkeypatch.setenv("GLOG_v", level)
    for name in ("debug", "info", "warning", "error", "critical"):
        getattr(log, name)("%s of %d", name, 3)
    lines = capsys.readouterr().err.splitlines()
    assert [re.search(r"\] (\w+) of 3$", line).group(1) for line in lines] == written
    assert log.get_level() == level and log.get_log_config()["GLOG_v"] == level


def test_the_line(capsys, monkeypatch):
    monkeypatch.delenv("GLOG_v", raising=False)
    log.warning("hello")
    assert re.fullmatch(r"\[WARNING\] ME\(\d+:\d+,MainProcess\):\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d\.\d{3}\.000 "
                        r"\[.*test_log\.py:\d+\] hello\n", capsys.readouterr().err)
