"""What the docstrings of layers, losses and optimizers end in: parameters that many share, and what is refused.

A class whose docstring has no ``Args:`` of its own gets them from ``MEANINGS``, with their defaults; one that has rows
in the tables of arguments and dtypes (arguments.py, accepted.py) gets ``Refused:`` from these.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from .._src.core.accepted import Row
from .._src.core.arguments import Kind
from .._src.core.documented import refusals

MEANINGS = {name.strip(): meaning.strip() for name, _, meaning in (line.partition(":") for line in """
    accum: what the sum of squares begins with
    activation: the name of an activation, a Cell, or None
    affine: whether there are gamma and beta
    axis: the axis, or axes, along which it computes
    batch_first: whether the input is (N, T, ...), else (T, N, ...)
    beta1: how much of the mean of gradients each step keeps
    beta2: how much of the mean of their squares each step keeps
    beta_init: how beta starts
    bias_init: how the bias starts, an initializer, its name, a number or a Tensor
    bidirectional: whether a second recurrence goes backward in time
    blank: the label that stands for none
    ceil_mode: whether the last, incomplete window counts
    centered: whether the squared mean is taken from the mean of squares
    count_include_pad: whether padding counts in the mean
    d_model: width of the input
    dampening: how much of the gradient does not go into the momentum
    data_format: 'NCHW', 'NHWC' or 'NCDHW': the order of axes
    decay: how much of the mean of squares each step keeps
    decay_rate: the factor, or the rate, of the decay
    decay_steps: steps that one decay takes
    delta: where the loss turns from a square to a line
    depth: number of classes
    dilation: distance of the kernel's places
    dim_feedforward: width between the two dense layers
    divisor_override: what sums are divided by, in place of the number of elements
    dropout: the share of elements that is dropped between layers in training
    dtype: of the parameters
    embedding_size: length of each row
    eps: added to the denominator, against division by zero
    epsilon: added to the denominator, against division by zero
    full: whether the constant terms are computed too
    gamma_init: how gamma starts
    group: parts that channels are cut into, each computed by itself
    groups: parts that channels are cut into
    has_bias: whether there is a bias
    hidden_size: width of the state
    ignore_label: the label that does not count
    in_channels: channels of the input
    input_size: width of the input
    is_stair: whether the rate falls in stairs
    keep_dims: whether reduced axes stay, with length 1
    kernel_size: size of the window, one number or one an axis
    l1: how strongly |w| is kept small
    l2: how strongly w^2 is kept small
    lambd: the threshold
    learning_rate: a number, a Tensor or list of one for each step, or a LearningRateSchedule
    loss_fn: the loss, of outputs and labels
    loss_scale: what the loss was multiplied by; gradients are divided by it
    lower: lower bound
    margin: the margin
    max_val: the greatest value
    min_val: the least value
    momentum: how much of the last step, or of the moving statistics, is kept
    moving_mean_init: how the moving mean starts
    moving_var_init: how the moving variance starts
    nesterov: whether the gradient is looked at ahead (Nesterov)
    network: the network
    nhead: number of heads
    nonlinearity: 'tanh' or 'relu'
    norm: a normalization of the last output, or None
    norm_type: the power p
    num_classes: number of classes
    num_features: channels of the input
    num_layers: layers one above the other
    out_channels: channels of the output
    output_padding: places added at one end of the output
    output_size: spatial size of the output
    p: the share that is dropped; of norms the power
    pad_mode: 'same', 'valid' or 'pad'
    padding: zeros around the input, for pad_mode 'pad'; of the padding layers how much at each end
    params: parameters, or groups of them, dicts with 'params' and settings of their own
    pos_weight: factor of the terms of positive labels
    power: of the polynomial
    reduction: 'mean', 'sum' or 'none': what is made of the elements' losses
    return_indices: whether the places of the maxima are given too
    rho: how much of the means each step keeps
    smooth: added to both sides of the quotient
    stride: steps of the window, one number or one an axis
    threshold: the threshold
    upper: upper bound
    use_batch_statistics: True: the batch's statistics, False: the moving ones, None: as it trains or not
    use_amsgrad: whether the greatest mean of squares so far divides
    use_nesterov: whether the gradient is looked at ahead (Nesterov)
    vocab_size: number of rows
    warmup_steps: steps until the rate is whole
    weight: a factor for each class, or for each element
    weight_decay: how much of each weight is added to its gradient, a number or a schedule
    weight_init: how the weight starts, an initializer, its name, a number or a Tensor
""".strip().splitlines())}
_HIDDEN = {"self", "auto_prefix", "flags", "args", "kwargs"}


def tell(space: Mapping[str, Any], names: Iterable[str], kinds: Mapping[str, dict[str, Kind]],
         rows: Mapping[str, Row]) -> None:
    """Complete the docstrings of those among ``names`` that are classes."""
    for name in names:
        cls = space[name]
        if not isinstance(cls, type) or cls.__name__ != name or not cls.__doc__:
            continue
        doc = cls.__doc__
        ends = []
        if "Args:" not in doc and (lines := _arguments(cls)):
            ends.append("Args:\n" + "\n".join(lines))
        refused = _refused(kinds.get(name, {})) + (refusals(rows[name]).splitlines() if name in rows else [])
        if refused:
            ends.append("Refused:\n" + "\n".join(f"    {line}" for line in refused))
        if ends:
            cls.__doc__ = "\n\n".join([inspect.cleandoc(doc), *ends])


def _arguments(cls: type) -> list[str]:
    """A line on each parameter of the constructor, if at least one of them has a meaning here."""
    made = cls.__dict__.get("__signature__")
    if made is not None:
        found = [(p.name, p.default, p.default is not p.empty) for p in made.parameters.values()]
    else:
        init = inspect.unwrap(cls.__init__)
        if not inspect.isfunction(init):
            return []
        code, defaults = init.__code__, init.__defaults__ or ()
        names = code.co_varnames[:code.co_argcount]
        given = dict(zip(names[len(names) - len(defaults):], defaults)) | (init.__kwdefaults__ or {})
        found = [(n, given.get(n), n in given) for n in code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]]
    if not any(name in MEANINGS for name, _, _ in found):
        return []
    return [f"    {name}: " + (f"{MEANINGS.get(name, '')} ({default!r} if left out).".lstrip() if optional else
                               f"{MEANINGS.get(name, 'required')}.")
            for name, default, optional in found if name not in _HIDDEN]


def _refused(kinds: dict[str, Kind]) -> list[str]:
    """What a row of the table of arguments refuses."""
    lines = []
    for name, kind in kinds.items():
        types = " or ".join(kind.names)
        bound = f"not {kind.bounds}" if kind.bounds else f"not in {', '.join(kind.choices)}" if kind.choices else ""
        if types:
            lines.append(f"``{name}`` that is no {types} is a {'ValueError' if kind.values else 'TypeError'}.")
        if bound:
            lines.append(f"``{name}`` that is {bound} is a {'TypeError' if kind.strict else 'ValueError'}.")
    return lines
