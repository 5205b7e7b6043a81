"""Metrics of single fields: translations, the surfaces of masks, what part of an image a prediction rests on."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from .._checkparam import check_string, check_value_type
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, GraphError, ShapeError
from .._src.train.metrics_segmentation import surface_distances
from .metric import Metric, array_of, rearrange_inputs
from .module import Module


class BleuScore(Metric):
    """How much of candidate sentences' n-grams stands in their references, times a penalty for short candidates.

    BLEU = min(1, e^(1 - r / c)) (p_1 ... p_n)^(1 / n): p_k is the share of k-grams found, c and r the lengths of the
    candidates and of the references nearest to them (Papineni et al. 2002).

    Args:
        n_gram: 1 to 4.
        smooth: add 1 to both parts of each share.

    >>> from luojia import nn
    >>> m = nn.BleuScore(n_gram=1)
    >>> m.update([["a", "cat"]], [[["a", "dog"], ["the", "dog"]]])
    >>> float(m.eval())
    0.5

    Matches ``mindspore.train.BleuScore``.
    """

    def __init__(self, n_gram: int = 4, smooth: bool = False) -> None:
        super().__init__()
        self.n_gram = check_value_type("n_gram", n_gram, int)
        if not 1 <= n_gram <= 4:
            raise ArgumentError(f"For 'BleuScore', the argument 'n_gram' should range from 1 to 4, but got {n_gram}.")
        self.smooth = check_value_type("smooth", smooth, bool)
        self.clear()

    def clear(self) -> None:
        self._found, self._all = np.zeros(self.n_gram), np.zeros(self.n_gram)
        self._lengths = np.zeros(2)
        self._updated = False

    @rearrange_inputs
    def update(self, *inputs: Any) -> None:
        """Add (candidates, references): sentences as lists of words, and for each a list of references."""
        if len(inputs) != 2:
            raise ArgumentError("For 'BleuScore.update', it needs 2 inputs (candidate_corpus, reference_corpus), but "
                                f"got {len(inputs)}.")
        candidates, references = inputs
        if len(candidates) != len(references):
            raise ArgumentError("For 'BleuScore.update', 'translate_corpus' (inputs[0]) and 'reference_corpus' "
                                f"(inputs[1]) should be equal in length, but got {len(candidates)}, {len(references)}")
        for candidate, choices in zip(candidates, references):
            nearest = min((len(c) for c in choices), key=lambda n: abs(n - len(candidate)))
            self._lengths += (len(candidate), nearest)
            for n in range(self.n_gram):
                most: Counter = Counter()
                for choice in choices:
                    most |= _grams(choice, n + 1)
                grams = _grams(candidate, n + 1)
                self._found[n] += sum((grams & most).values())
                self._all[n] += sum(grams.values())
        self._updated = True

    def eval(self) -> Any:
        if not self._updated:
            raise GraphError("Please call the 'update' method before calling 'eval' method.")
        if self._found.min() == 0:
            return np.array(0.0)
        shares = (self._found + self.smooth) / (self._all + self.smooth)
        length, nearest = self._lengths
        return (1.0 if length > nearest else np.exp(1 - nearest / length)) * np.exp(np.log(shares).mean())


def _grams(words: Any, n: int) -> Counter:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


class MeanSurfaceDistance(Metric):
    """The mean distance from the edge of the predicted mask to the nearest point of the label's edge.

    The masks are the pixels equal to a label index; the distance is infinite where a mask is empty.

    Args:
        symmetric: the mean of this and of the same from the label to the prediction.
        distance_metric: 'euclidean', 'chessboard' or 'taxicab'.

    >>> from luojia import nn
    >>> m = nn.MeanSurfaceDistance()
    >>> m.update(np.array([[1, 1], [0, 0]]), np.array([[1, 0], [0, 0]]), 1)
    >>> float(m.eval())
    0.5

    Matches ``mindspore.train.MeanSurfaceDistance``.
    """

    def __init__(self, symmetric: bool = False, distance_metric: str = "euclidean") -> None:
        super().__init__()
        self.symmetric = check_value_type("symmetric", symmetric, bool)
        check_value_type("distance_metric", distance_metric, str)
        self.distance_metric = check_string(distance_metric, ["euclidean", "chessboard", "taxicab"], "distance_metric")
        self._ways: tuple | None = ()  # None when cleared: a new one tells inf, as MindSpore's does

    def clear(self) -> None:
        self._ways = None

    @rearrange_inputs
    def update(self, *inputs: Any) -> None:
        """Take (prediction, label, label index), which replace those of the last update."""
        who = type(self).__name__
        if len(inputs) != 3:
            raise ArgumentError(f"For '{who}.update', it needs 3 inputs (predicted value, true value, label index), "
                                f"but got {len(inputs)}.")
        preds, labels = (array_of(i) for i in inputs[:2])
        index = inputs[2]
        if not isinstance(index, (int, float)):
            raise _IndexKind(f"For '{who}.update', the label index (input[2]) must be int or float, but got "
                             f"{type(index)}.")
        if preds.size == 0 or preds.shape != labels.shape:
            raise ShapeError(f"For '{who}.update', the predicted value (input[0]) and the true value (input[1]) must "
                             f"have one shape and elements, but got {preds.shape} and {labels.shape}.")
        if index not in preds and index not in labels:
            raise ArgumentError(f"For '{who}.update', the label index (input[2]) must be in predicted value (input[0]) "
                                f"or true value (input[1]), but {index} is not.")
        self._ways = surface_distances(preds == index, labels == index, self.distance_metric)

    def _means(self, power: int) -> np.ndarray:
        if self._ways is None:
            raise RuntimeError("Please call the 'update' method before calling 'eval' method.")
        ways = self._ways[: 2 if self.symmetric else 1]
        return np.array([(way**power).mean() for way in ways]) if ways and all(map(len, self._ways)) else np.array(
            [np.inf])

    def eval(self) -> Any:
        return self._means(1).mean()


class _IndexKind(DTypeError, ArgumentError):
    """A label index that is no number: MindSpore has a ValueError in one of these metrics, a TypeError in the other."""


class RootMeanSquareDistance(MeanSurfaceDistance):
    """The mean square distance of ``MeanSurfaceDistance``; with ``symmetric`` the root of it.

    As MindSpore has it, no root is taken of the distances one way.

    >>> from luojia import Tensor, train
    >>> found, wanted = Tensor(np.eye(3, dtype=np.float32)), Tensor(np.eye(3, k=1, dtype=np.float32))
    >>> metric = train.RootMeanSquareDistance(symmetric=False, distance_metric="euclidean")
    >>> metric.update(found, wanted, 0)
    >>> round(float(metric.eval()), 4)
    0.3333

    Matches ``mindspore.train.RootMeanSquareDistance``.
    """

    def eval(self) -> Any:
        value = self._means(2).mean()
        return np.sqrt(value) if self.symmetric else value


class OcclusionSensitivity(Metric):
    """How much the score of a label falls when the part of the input around each element is covered.

    Args:
        pad_val: what covers it.
        margin: for element i the elements i - margin to i + margin - 1 of each axis are covered.
        n_batch: how many covered inputs the model is given at once.
        b_box: the least and the greatest index of each axis to look at, [-1, -1] for all of it.

    Matches ``mindspore.train.OcclusionSensitivity``.
    """

    def __init__(self, pad_val: float = 0.0, margin: int = 2, n_batch: int = 128, b_box: list | None = None) -> None:
        super().__init__()
        self.pad_val = check_value_type("pad_val", pad_val, float)
        self.margin = check_value_type("margin", margin, int)
        self.n_batch = check_value_type("n_batch", n_batch, int)
        self.b_box = b_box if b_box is None else check_value_type("b_box", b_box, list)
        self.clear()

    def clear(self) -> None:
        self._value: np.ndarray | None = None

    @rearrange_inputs
    def update(self, *inputs: Any) -> None:
        """Take (model, input of shape (1, ...), label), which replace those of the last update."""
        if len(inputs) != 3:
            raise ArgumentError("For 'OcclusionSensitivity.update', it needs 3 inputs (classification model, predicted "
                                f"value, label), but got {len(inputs)}.")
        model = check_value_type("model", inputs[0], Module)
        x, label = array_of(inputs[1]), array_of(inputs[2])
        if x.shape[0] != 1 or label.size != 1:
            raise GraphError("For 'OcclusionSensitivity.update', the input and the label must be one sample, but got "
                             f"shapes {x.shape} and {label.shape}.")
        ranges = self._ranges(x.shape[1:])
        shape = [len(r) for r in ranges]
        index = int(label.reshape(()))
        places = np.stack(np.meshgrid(*ranges, indexing="ij"), -1).reshape(-1, len(ranges))
        scores = [np.zeros(0, np.float32)]
        for start in range(0, len(places), self.n_batch):
            batch = [self._covered(x[0], place) for place in places[start : start + self.n_batch]]
            scores.append(model(Tensor(np.stack(batch))).asnumpy()[:, index])
        baseline = model(Tensor(x)).asnumpy()[0, index]
        self._value = (baseline - np.concatenate(scores)).reshape(shape).squeeze()

    def _boxes(self, axes: int) -> list[tuple[int, int]]:
        box = self.b_box or [-1, -1] * axes
        if len(box) != 2 * axes:
            raise ArgumentError("For 'OcclusionSensitivity', the bounding box must contain upper and lower for all "
                                f"{axes} dimensions (except batch number), but got {len(box)} numbers.")
        return list(zip(box[::2], box[1::2]))

    def _ranges(self, shape: tuple) -> list[range]:
        out = []
        for (low, high), size in zip(self._boxes(len(shape)), shape):
            if high >= size:
                raise ArgumentError("For 'OcclusionSensitivity', maximum bounding box must be smaller than image size "
                                    f"for all values, but got {high} for {size} elements.")
            out.append(range(size) if (low, high) == (-1, -1) else range(max(low, 0), high + 1))
        return out

    def _covered(self, x: np.ndarray, place: np.ndarray) -> np.ndarray:
        x = x.copy()
        x[tuple([slice(max(i - self.margin, 0), i + self.margin) for i in place])] = self.pad_val
        return x

    def eval(self) -> Any:
        if self._value is None:
            raise GraphError("Please call the 'update' method before calling 'eval' method.")
        return self._value


__all__ = ["BleuScore", "MeanSurfaceDistance", "OcclusionSensitivity", "RootMeanSquareDistance"]
