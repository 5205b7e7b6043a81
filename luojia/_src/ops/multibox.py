"""The anchors of single-shot detection (SSD): their boxes, their training targets, and detections from predictions.

Source: Liu et al. 2016, "SSD: single shot multibox detector"; the values are those of MXNet's ``contrib.MultiBox*``.
"""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .boxes import centers, corners, overlap, suppress


@op(fn=(), mx="_contrib_MultiBoxPrior(data:x, sizes=(1.0,), ratios=(1.0,), clip=False, steps=(-1.0, -1.0), "
              "offsets=(0.5, 0.5))", differentiable=False)
def multibox_prior(xp, x, *, sizes=(1.0,), ratios=(1.0,), clip=False, steps=(-1.0, -1.0), offsets=(0.5, 0.5)):
    """Anchors (1, H W n, 4) around each place of a map x (N, C, H, W), as corners in parts of the image.

    Args:
        sizes, ratios: each place has one anchor for each size, with the first ratio, and one for each further ratio
            (width over height), with the first size: n is their number less 1.
        clip: keep them within the image.
        steps: the distances of places down and across; by default 1 / H and 1 / W.
        offsets: of the first place, in steps.
    """
    if len(x.shape) != 4:
        raise ShapeError(f"MultiBoxPrior expects data (N, C, H, W), got shape {tuple(x.shape)}.")
    sizes, ratios = _tuple(sizes), _tuple(ratios)
    if not sizes or not ratios:
        raise ArgumentError(f"MultiBoxPrior expects at least one size and one ratio, got {sizes} and {ratios}.")
    height, width = x.shape[2:]
    f = np.float32  # in single precision throughout, as MXNet: which of two anchors overlaps a box more is often close
    down, across = (1 / f(n) if s <= 0 else f(s) for n, s in zip((height, width), steps))
    rows = (np.arange(height, dtype=f) + f(offsets[0])) * down
    columns = (np.arange(width, dtype=f) + f(offsets[1])) * across
    shapes = [(f(s), np.sqrt(f(ratios[0]))) for s in sizes] + [(f(sizes[0]), np.sqrt(f(r))) for r in ratios[1:]]
    half = np.array([(s * f(height) / f(width) * r / f(2), s / r / f(2)) for s, r in shapes], f)
    centre = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 1, 2)
    boxes = np.concatenate([centre - half, centre + half], -1).reshape(1, -1, 4)
    return xp.asarray(boxes.clip(0, 1) if clip else boxes, x.dtype)


def _tuple(values):
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


@op(fn=(), mx="_contrib_MultiBoxTarget(anchor, label, cls_pred, overlap_threshold=0.5, ignore_label=-1.0, "
              "negative_mining_ratio=-1.0, negative_mining_thresh=0.5, minimum_negative_samples:_=0, "
              "variances=(0.1, 0.1, 0.2, 0.2))", outputs=3, differentiable=False)
def multibox_target(xp, anchor, label, cls_pred, *, overlap_threshold=0.5, ignore_label=-1.0,
                    negative_mining_ratio=-1.0, negative_mining_thresh=0.5,
                    variances=(0.1, 0.1, 0.2, 0.2)):
    """What a detector should predict for each anchor.

    Every box of the label takes the anchor that overlaps it most, the best pair first; further anchors go to the box
    that they overlap most, if more than ``overlap_threshold``. The others are background; with a
    ``negative_mining_ratio`` only that many per matched anchor, those with the least probability of background first
    and an overlap below ``negative_mining_thresh``, and the rest is ignored.

    Args:
        anchor: (1, A, 4), corners.
        label: (B, L, 5 or more): class and corners; a class of -1 ends the list of an image.
        cls_pred: (B, C, A), scores of the classes, background first.

    Returns:
        The targets (B, 4 A) of the differences, their mask (B, 4 A), and the classes (B, A): 0 for background, else
        one more than the label's, ``ignore_label`` where the anchor does not count.
    """
    if len(anchor.shape) != 3 or anchor.shape[0] != 1 or anchor.shape[2] != 4:
        raise ShapeError(f"MultiBoxTarget expects anchors (1, A, 4), got shape {tuple(anchor.shape)}.")
    if len(label.shape) != 3 or label.shape[2] < 5:
        raise ShapeError(f"MultiBoxTarget expects labels (B, L, 5 or more), got shape {tuple(label.shape)}.")
    if len(cls_pred.shape) != 3 or cls_pred.shape[0] != label.shape[0] or cls_pred.shape[2] != anchor.shape[1]:
        raise ShapeError(f"MultiBoxTarget expects class scores (B, C, A) for {label.shape[0]} images and "
                         f"{anchor.shape[1]} anchors, got shape {tuple(cls_pred.shape)}.")
    batch, count = label.shape[0], label.shape[1]
    anchors = anchor.shape[1]
    real = xp.cumsum((label[:, :, 0] == -1).astype("int64"), axis=1) == 0  # (B, L): boxes before the end
    box = [c[:, None, :] for c in corners(xp, label[:, :, 1:5])]
    common = overlap(xp, [c[0][:, None] for c in corners(xp, anchor)], box)  # (B, A, L)
    common = xp.where(real[:, None, :], common, -1.0)
    match, free = xp.zeros((batch, anchors), "int64") - 1, common
    rows, columns = np.arange(anchors)[:, None], np.arange(count)
    for _ in range(count):
        flat = xp.reshape(free, (batch, -1))
        best = xp.argmax(flat, axis=1)[:, None, None]
        pair = (xp.max(flat, axis=1) > 1e-6)[:, None, None]
        mine, theirs = pair & (rows == best // count), pair & (columns == best % count)
        match = xp.where(mine[:, :, 0], best[:, :, 0] % count, match)
        free = xp.where(mine | theirs, -1.0, free)
    nearest, most = xp.argmax(common, axis=2), xp.max(common, axis=2)
    if overlap_threshold > 0:
        match = xp.where((match < 0) & (most > overlap_threshold), nearest, match)
    positive = match >= 0
    negative = ~positive
    if negative_mining_ratio > 0:
        negative = _hardest(xp, cls_pred, positive, negative & (most < negative_mining_thresh), negative_mining_ratio)
    some = xp.any(real, axis=1)[:, None]
    matched = label[np.arange(batch)[:, None], xp.maximum(match, 0)]
    change = xp.where(positive[..., None], _differences(xp, anchor, matched[..., 1:5], variances), 0.0)
    mask = xp.broadcast_to(positive[..., None].astype(label.dtype), change.shape)
    classes = xp.where(positive, matched[..., 0] + 1, xp.where(negative & some, 0.0, ignore_label))
    return (xp.reshape(change, (batch, -1)).astype(label.dtype), xp.reshape(mask, (batch, -1)),
            classes.astype(label.dtype))


def _hardest(xp, scores, positive, candidates, ratio):
    """The candidates (B, A) with the least probability of background: ``ratio`` for each positive one."""
    taken = xp.sum(positive, axis=1)
    wanted = xp.minimum((taken * ratio).astype("int64"), positive.shape[1] - taken)
    e = xp.exp(scores - xp.max(scores, axis=1, keepdims=True))
    background = e[:, 0] / xp.sum(e, axis=1)
    order = xp.stable_argsort(xp.where(candidates, background, np.inf), 1)
    rank = xp.stable_argsort(order, 1)  # the inverse permutation
    return candidates & (rank < wanted[:, None])


def _differences(xp, anchor, box, variances):
    ax, ay, aw, ah = centers(xp, anchor, "corner")
    bx, by, bw, bh = centers(xp, box, "corner")
    bw, bh = xp.where(bw > 0, bw, aw), xp.where(bh > 0, bh, ah)  # places without a box, which are masked
    change = [(bx - ax) / aw, (by - ay) / ah, xp.log(bw / aw), xp.log(bh / ah)]
    return xp.stack([c / v for c, v in zip(change, variances)], -1)


@op(fn=(), mx="_contrib_MultiBoxDetection(cls_prob, loc_pred, anchor, clip=True, threshold=0.01, background_id=0, "
              "nms_threshold=0.5, force_suppress=False, variances=(0.1, 0.1, 0.2, 0.2), nms_topk=-1)",
    differentiable=False)
def multibox_detection(xp, cls_prob, loc_pred, anchor, *, clip=True, threshold=0.01, background_id=0,
                       nms_threshold=0.5, force_suppress=False, variances=(0.1, 0.1, 0.2, 0.2), nms_topk=-1):
    """Detections (B, A, 6) from predictions: rows of class, probability and corners, by falling probability.

    A row whose class is -1 is no detection: background, below ``threshold``, or the double of a better one.

    Args:
        cls_prob: (B, C, A), probabilities of the classes, background first.
        loc_pred: (B, 4 A), differences from the anchors.
        anchor: (1, A, 4), corners.
        clip: keep the boxes within the image.
        background_id: MXNet's operator takes it and reads the first class as background all the same; so does this.
        nms_threshold, force_suppress, nms_topk: see ``box_nms``; an overlap that reaches the threshold suffices.
            With a threshold of 0 nothing is removed or sorted.
    """
    if len(cls_prob.shape) != 3 or len(anchor.shape) != 3 or anchor.shape[1:] != (cls_prob.shape[2], 4):
        raise ShapeError(f"MultiBoxDetection expects probabilities (B, C, A) and anchors (1, A, 4), got shapes "
                         f"{tuple(cls_prob.shape)} and {tuple(anchor.shape)}.")
    batch, _, count = cls_prob.shape
    ax, ay, aw, ah = centers(xp, anchor, "corner")
    change = xp.reshape(loc_pred, (batch, count, 4))
    vx, vy, vw, vh = variances
    cx, cy = change[..., 0] * vx * aw + ax, change[..., 1] * vy * ah + ay
    w, h = xp.exp(change[..., 2] * vw) * aw / 2, xp.exp(change[..., 3] * vh) * ah / 2
    box = xp.stack([cx - w, cy - h, cx + w, cy + h], -1)
    if clip:
        box = xp.clip(box, 0, 1)
    score, kind = xp.max(cls_prob[:, 1:], axis=1), xp.argmax(cls_prob[:, 1:], axis=1)
    valid = score >= threshold
    sifted = 0 < nms_threshold <= 1
    order = xp.stable_argsort(xp.where(valid, -score, np.inf) if sifted else ~valid, 1)
    if sifted and nms_topk > 0:  # the rows behind those that count stay in the order of their anchors
        order = xp.where(np.arange(count) < nms_topk, order, xp.stable_argsort(~valid, 1))
    at = np.arange(batch)[:, None]
    valid, score, kind, box = valid[at, order], score[at, order], kind[at, order], box[at, order]
    rows = xp.concatenate([kind[..., None].astype(box.dtype), score[..., None], box], -1)
    alive = valid
    if sifted:
        alive = alive if nms_topk <= 0 else alive & (np.arange(count) < nms_topk)
        alive = suppress(xp, corners(xp, box), alive, nms_threshold, None if force_suppress else kind, closed=True)
    rows = xp.where(valid[..., None], rows, -1.0)
    gone = xp.where(alive, rows[..., 0], -1.0)
    return xp.concatenate([gone[..., None], rows[..., 1:]], -1).astype(cls_prob.dtype)
