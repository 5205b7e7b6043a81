"""One file per case. A case has

- ``TITLE`` and ``UNIT``, and ``SCALE``: what a second per run is multiplied with to give the unit;
- ``RUNS``: how many runs make one timed repeat, or ``None`` where each value needs a process of its own;
- ``LIMITS``: the most that luojia's own value must be, in the unit, and the most that it should; or ``None``;
- ``RATIOS``: by peer, the most that luojia's value, divided by the peer's (its fastest variant's, or that of the one
  named, as in "jax split"), must be and should be; ``VARIANT_RATIOS``, where there is one, replaces it for variants of
  luojia;
- ``NEEDS``, where luojia itself needs a peer's package: it runs in that peer's interpreter, and the case where there is
  one;
- ``GFLOP``, where most of the time goes into products of matrices: how much they compute in a run;
- one function ``on_<framework>()`` for each framework, and ``on_<framework>__<variant>()`` where it is measured in
  several ways: luojia through Modules beside Gluon, mxnet hybridized, torch in another memory layout. It prepares
  everything and returns ``run``, one call of which is one run. Where ``RUNS`` is None it returns the value itself, or a
  dictionary that has the value under "value".
"""

NAMES = (
    "tiny_forward",
    "tiny_chain",
    "matmul_grad",
    "mlp_step",
    "lenet_step",
    "resnet_step",
    "lstm_step",
    "transformer_step",
    "zoo_step",
    "mobile_step",
    "zoo_inference",
    "elementwise",
    "elementwise_grad",
    "hessian_vector",
    "hessian",
    "lenet_memory",
    "resnet_memory",
    "import_time",
    "dataloader",
    "xla_mlp_step",
    "xla_lenet_step",
    "xla_resnet_step",
    "xla_lstm_step",
    "xla_transformer_step",
    "xla_compile",
    "xla_tape",
)
FRAMEWORKS = ("luojia", "torch", "mxnet", "mindspore", "jax")
