"""Pipelines and samplers answer and refuse as mindspore 2.8.0 does, in their arguments, columns and rows."""

from pathlib import Path

import numpy as np

import luojia as ms
from luojia import dataset as ds
from luojia.dataset import text, transforms
from tests.dataset import answers, pipelines


def test_pipelines_are_mindspores():
    names = pipelines.names(ds, transforms, np) | {"np": np, "ms": ms, "config": ds.config}
    names |= {"x": text, "VL": text.Vocab.from_list}
    assert answers.wrong(Path(__file__).with_name("observed_pipelines.txt"), names, 850) == []
