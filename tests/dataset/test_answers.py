"""Transforms of images, of sound and of any data give what mindspore 2.8.0 gives, and refuse what it refuses."""

from pathlib import Path

import pytest
from PIL import Image

import luojia as ms
from luojia.dataset import audio, transforms, vision
from tests.dataset import answers

NAMES = {"v": vision, "t": transforms, "ms": ms}


@pytest.mark.parametrize(("file", "at_least"), [("observed_images.txt", 300), ("observed_refusals.txt", 500)])
def test_answers_are_mindspores(file, at_least):
    names = answers.images() | NAMES
    names["P"] = Image.fromarray(names["A"])
    assert answers.wrong(Path(__file__).with_name(file), names, at_least) == []


@pytest.mark.parametrize(("file", "at_least"), [("observed_audio.txt", 150), ("observed_audio_refusals.txt", 200)])
def test_sounds_are_mindspores(file, at_least):
    names = answers.sounds() | {"a": audio, "ms": ms}
    assert answers.wrong(Path(__file__).with_name(file), names, at_least) == []
