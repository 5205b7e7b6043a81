"""One file per case. A case has

- ``TITLE`` and ``UNIT``, and ``SCALE``: what a second per run is multiplied with to give the unit;
- ``RUNS``: how many runs make one timed repeat, or ``None`` where each value needs a process of its own;
- ``LIMIT``: the most that luojia's own value may be, in the unit, or ``None``;
- ``RATIOS``: by peer, the most that luojia's value may be, divided by the peer's;
- one function ``on_<framework>()`` for each framework. It prepares everything and returns ``run``, one call of which
  is one run. Where ``RUNS`` is None it returns the value itself, or a dictionary that has the value under "value".
"""

NAMES = ("tiny_chain", "matmul_grad", "mlp_step", "lenet_step", "lenet_memory", "import_time")
FRAMEWORKS = ("luojia", "torch", "mxnet", "mindspore")
