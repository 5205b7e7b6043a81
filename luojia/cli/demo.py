"""``luojia demo``: gradients of a matrix product, then LeNet on real digits, each with its numbers checked."""

from __future__ import annotations

import os
import sys
import time

import numpy as np

import luojia as mx
from luojia import gluon
from luojia.data import digits, split

from . import matmul
from .lenet import lenet, train
from .plot import plot

GOAL = 0.97
"""The test accuracy that the training must exceed."""


class _Checks:
    """Prints the outcome of each check and remembers whether one failed."""

    failed = 0

    def __call__(self, good: bool, text: str) -> None:
        print(f"  {'ok' if good else 'FAILED'}: {text}")
        self.failed += not good


def demo(epochs: int, batch_size: int, lr: float, seed: int, out: str, quick: bool = False) -> int:
    """Run it; gives 0, or 1 if a check failed.

    Args:
        epochs, batch_size, lr, seed: of the training.
        out: where to save the plot; the exported gradients go beside it, as ``.npz``.
        quick: few digits, and no demand on the accuracy.
    """
    check = _Checks()
    print("1. Gradients of f(x, y) = (x * z) @ y, by ops.GradOperation")
    by_input, by_weight = matmul.gradients()
    print("  with respect to x:\n    " + str(by_input).replace("\n", "\n    "))
    print(f"  with respect to the weight z: {by_weight:.3f}")
    check(np.allclose(by_input, matmul.INPUT_GRADIENT, atol=1e-5), "each row of the first is 4.51, 2.7, 3.6")
    check(abs(by_weight - matmul.WEIGHT_GRADIENT) < 1e-3, f"the second is {matmul.WEIGHT_GRADIENT}")

    print("\n2. LeNet on scikit-learn's digits, enlarged to 28x28, through the Gluon loop")
    mx.random.seed(seed)
    np.random.seed(seed)
    training, test = split(*digits(28), test=0.2, seed=seed)
    if quick:
        training, test = tuple(a[:256] for a in training), tuple(a[:128] for a in test)
    print(f"  {len(training[0])} digits to train on, {len(test[0])} to test on, {epochs} epochs of plain SGD")
    net = lenet()
    net.initialize(mx.init.Xavier())
    started = time.perf_counter()
    history = _train(net, gluon.data.ArrayDataset(*training), gluon.data.ArrayDataset(*test), epochs, batch_size, lr)
    seconds, reached = time.perf_counter() - started, history.accuracies[-1]
    print(f"  {len(history.losses)} steps in {seconds:.1f} s; test accuracy {reached:.2%}")
    if quick:
        print(f"  (quick: too few digits to ask for {GOAL:.0%})")
    else:
        check(reached > GOAL, f"the test accuracy is over {GOAL:.0%}")

    step = history.step
    assert step is not None
    exported = os.path.splitext(out)[0] + "-gradients.npz"
    os.makedirs(os.path.dirname(exported) or ".", exist_ok=True)
    np.savez(exported, **step.gradients)  # type: ignore[arg-type]
    print(f"\n3. The gradients of step {step.number}, in the middle of the training, exported to {exported}")
    for name, gradient in step.gradients.items():
        print(f"  {name:24}{gradient.shape!s:18} norm {np.linalg.norm(gradient) / step.batch_size:.4f}")
    rest, largest = step.unexplained(lr), step.largest_update()
    check(
        rest <= 1e-6 + 1e-5 * largest,
        "old - new = lr * gradient / batch size for every weight "
        f"(largest update {largest:.2e}, difference {rest:.0e})",
    )

    plot(history, out)
    print(f"\n4. Loss and gradient norms per layer: {out}")
    if check.failed:
        print(f"\n{check.failed} check(s) failed.", file=sys.stderr)
    return int(check.failed > 0)


def _train(net, training, test, epochs, batch_size, lr):
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    steps = epochs * -(-len(training) // batch_size)
    bar = tqdm(total=steps, desc="  training", unit="step", ncols=100, disable=None)
    # With more BLAS threads than free cores, products as small as these take several times as long.
    with bar, threadpool_limits(1):
        for history in train(net, training, test, epochs, batch_size, lr):
            bar.update()
            if len(history.losses) % 10 == 0:
                seen = f"{history.accuracies[-1]:.2%}" if history.accuracies else "-"
                bar.set_postfix(loss=f"{np.mean(history.losses[-10:]):.3f}", test=seen)
    return history
