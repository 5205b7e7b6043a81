"""The first part of the demo: the gradients of a matrix product, as functions of a network."""

from __future__ import annotations

import numpy as np

from luojia import Parameter, ParameterTuple, Tensor, nn, ops

X = Tensor([[0.8, 0.6, 0.2], [1.8, 1.3, 1.1]])
Y = Tensor([[0.11, 3.3, 1.1], [1.1, 0.2, 1.4], [1.1, 2.2, 0.3]])
INPUT_GRADIENT = np.array([[4.51, 2.7, 3.6], [4.51, 2.7, 3.6]], np.float32)
WEIGHT_GRADIENT = 21.536


class Net(nn.Module):
    """``(x * z) @ y`` with one weight, z."""

    def __init__(self) -> None:
        super().__init__()
        self.matmul = ops.MatMul()
        self.z = Parameter(Tensor([1.0]), name="z")

    def call(self, x: Tensor, y: Tensor) -> Tensor:
        """The product, (2, 3)."""
        return self.matmul(x * self.z, y)


def gradients() -> tuple[np.ndarray, float]:
    """The gradients of the product with respect to its first input and to its weight.

    >>> by_input, by_weight = gradients()
    >>> [round(v, 3) for v in by_input[0].tolist()], round(by_weight, 3)
    ([4.51, 2.7, 3.6], 21.536)
    """
    net = Net()
    by_input = ops.GradOperation()(net)(X, Y)
    by_weight = ops.GradOperation(get_by_list=True)(net, ParameterTuple([net.z]))(X, Y)
    return by_input.asnumpy().round(6), float(by_weight[0].asnumpy()[0])
