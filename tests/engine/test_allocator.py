"""The allocator's thresholds are raised on Linux only, and not against the user's word."""

import sys

import pytest

from luojia._src.engine import allocator


def test_the_environment_may_forbid_it(monkeypatch):
    monkeypatch.setenv("LUOJIA_MALLOC", "system")
    assert allocator.keep_big_buffers() is False


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_left_alone(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    assert allocator.keep_big_buffers() is False


def test_a_c_library_without_mallopt(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: object())
    assert allocator.keep_big_buffers() is False


@pytest.mark.parametrize("answers, expected", [((1, 1), True), ((0, 1), False), ((1, 0), False)])
def test_both_thresholds_are_set(monkeypatch, answers, expected):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("LUOJIA_MALLOC", raising=False)
    given, calls = list(answers), []

    class Library:
        @staticmethod
        def mallopt(parameter, value):
            calls.append((parameter, value))
            return given.pop(0)

    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: Library)
    assert allocator.keep_big_buffers(mmap=5, trim=7) is expected
    assert calls[0] == (-3, 5) and calls[1:] in ([(-1, 7)], [])
