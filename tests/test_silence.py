"""What both originals compute without a word gives no warning here either."""

import subprocess
import sys

CODE = """
import luojia as mx
from luojia import autograd, nd, ops, Tensor
x = nd.array([-1.0, 0.0])
x.attach_grad()
with autograd.record():
    y = nd.log(x) + x.log() + x / 0 + nd.sqrt(x) + x ** -1 + nd.exp(x * 1e9)
y.backward()
t = Tensor([-1.0, 0.0])
print(t / 0, ops.log(t), ops.grad(ops.sqrt)(t), t.log(), nd.dot(x * 1e38, x * 1e38))
"""


def test_no_warning_for_infinities_and_nans():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stderr == "" and "inf" in done.stdout and "nan" in done.stdout


def test_programs_run_without_docstrings():
    done = subprocess.run([sys.executable, "-OO", "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stderr == "" and "inf" in done.stdout
