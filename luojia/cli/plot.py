"""The picture that the demo saves."""

from __future__ import annotations

import os

import numpy as np

from .lenet import History


def plot(history: History, path: str) -> None:
    """Save the loss, the accuracy and the norm of each layer's gradient, over the steps, as an image at ``path``.

    Raises:
        MissingPackageError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        from luojia.data import MissingPackageError

        raise MissingPackageError("The demo's plot takes matplotlib: pip install luojia[viz]") from error
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    steps = np.arange(1, len(history.losses) + 1)
    left.semilogy(steps, history.losses, lw=0.6, alpha=0.4, color="C0")
    left.semilogy(steps, _smooth(history.losses), color="C0", label="training loss")
    left.set(xlabel="step", ylabel="cross-entropy", title="LeNet on 28x28 digits")
    other = left.twinx()
    ends = np.linspace(0, len(steps), len(history.accuracies) + 1)[1:]
    other.plot(ends, [100 * a for a in history.accuracies], "o-", ms=3, color="C3", label="test accuracy")
    other.set(ylabel="test accuracy, %", ylim=(min(80, 100 * min(history.accuracies, default=1)), 100.5))
    left.legend(handles=[*left.get_lines()[1:], *other.get_lines()], loc="lower left")
    for name, norms in history.norms.items():
        right.semilogy(steps, _smooth(norms), label=name)
    if history.step is not None:
        right.axvline(history.step.number, color="0.6", lw=0.8, ls="--", label="exported step")
    right.set(xlabel="step", ylabel="norm of the mean gradient", title="Gradients per layer")
    right.legend(fontsize="small")
    figure.savefig(path, dpi=110)


def _smooth(values: list[float], width: int = 15) -> np.ndarray:
    """Means over up to ``width`` steps, ending at each."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    start = np.maximum(0, np.arange(1, len(values) + 1) - width)
    return (total[1:] - total[start]) / (np.arange(1, len(values) + 1) - start)
