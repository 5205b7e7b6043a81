"""Boxes in images: their overlap, suppression of doubles, matching, and their differences as training targets.

A box is four numbers along the last axis: (left, top, right, bottom), called 'corner', or (x, y, width, height) with
the centre first, called 'center'.
"""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, DTypeError, ShapeError

_FORMATS = ("corner", "center")


def check_format(name, form):
    if form not in _FORMATS:
        raise ArgumentError(f"{name}: a box format must be 'corner' or 'center', got {form!r}.")


def corners(xp, boxes, form="corner"):
    """(left, top, right, bottom), each without the last axis."""
    a, b, c, d = (boxes[..., i] for i in range(4))
    return (a, b, c, d) if form == "corner" else (a - c / 2, b - d / 2, a + c / 2, b + d / 2)


def centers(xp, boxes, form="center"):
    """(x, y, width, height), each without the last axis."""
    a, b, c, d = (boxes[..., i] for i in range(4))
    return (a, b, c, d) if form == "center" else ((a + c) / 2, (b + d) / 2, c - a, d - b)


def overlap(xp, one, other):
    """The area of the intersection over that of the union, of boxes as four arrays; 0 where they do not meet."""
    width = xp.minimum(one[2], other[2]) - xp.maximum(one[0], other[0])
    height = xp.minimum(one[3], other[3]) - xp.maximum(one[1], other[1])
    common = xp.maximum(width, 0) * xp.maximum(height, 0)
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    union = areas[0] + areas[1] - common
    return xp.where(common > 0, common / xp.where(union > 0, union, 1), 0 * common)


def _nothing(xp, g, ans, args, needs, **_):
    """No gradient: zeros."""
    return tuple([xp.zeros_like(a) if need else None for a, need in zip(args, needs)])


@op(fn=(), mx="_contrib_box_iou(lhs:x, rhs:y, format='corner')")
def box_iou(xp, x, y, *, format="corner"):
    """The intersection over union of each box of x (..., 4) with each of y (..., 4): shape x's rest + y's rest.

    Its gradient is 0, as in MXNet.
    """
    check_format("box_iou", format)
    for boxes in (x, y):
        if not len(boxes.shape) or boxes.shape[-1] != 4:
            raise ShapeError(f"box_iou expects boxes of four numbers along the last axis, got shape "
                             f"{tuple(boxes.shape)}.")
    ones = (1,) * (len(y.shape) - 1)
    one = [xp.reshape(b, (*tuple(b.shape), *ones)) for b in corners(xp, x, format)]
    return overlap(xp, one, corners(xp, y, format))


box_iou.vjp(_nothing, keep="args")


@op("IOU(mode='iou')(anchor_boxes:x, gt_boxes:y)", fn="iou(anchor_boxes:x, gt_boxes:y, mode='iou')",
    differentiable=False)
def pixel_iou(xp, x, y, *, mode="iou"):
    """The overlaps (M, N) of N boxes x with M boxes y, as corners in whole pixels: a side is right - left + 1 long.

    ``mode``: 'iou', the area in common over the union's, or 'iof', over that of y. Source: MindSpore's IOU.
    """
    if mode not in ("iou", "iof"):
        raise ArgumentError(f"IOU: mode must be 'iou' or 'iof', got {mode!r}.")
    for name, boxes in (("anchor_boxes", x), ("gt_boxes", y)):
        if len(boxes.shape) != 2 or boxes.shape[1] != 4:
            raise ShapeError(f"IOU expects {name} of shape (N, 4), got {tuple(boxes.shape)}.")
    one = corners(xp, x)
    other = [c[:, None] for c in corners(xp, y)]
    width = xp.minimum(one[2], other[2]) - xp.maximum(one[0], other[0]) + 1
    height = xp.minimum(one[3], other[3]) - xp.maximum(one[1], other[1]) + 1
    common = xp.maximum(width, 0) * xp.maximum(height, 0)
    areas = [(b[2] - b[0] + 1) * (b[3] - b[1] + 1) for b in (one, other)]
    return common / (areas[1] if mode == "iof" else areas[0] + areas[1] - common)


# -- suppression -----------------------------------------------------------------------------------------------------


def suppress(xp, boxes, alive, threshold, ids=None, closed=False, most=None):
    """The mask (B, N) of the boxes that survive, of boxes in falling order of their scores.

    In that order each box that is alive removes later ones whose overlap with it exceeds (``closed``: reaches)
    ``threshold``, of its own class if ``ids`` are given. Only the first ``most`` survivors need be right.
    """
    n = alive.shape[1]
    later = np.arange(n)
    known = isinstance(alive, np.ndarray)
    count = 0
    for i in range(n - 1):
        if known:
            if not alive[:, i].any():
                continue
            count = count + alive[:, i]
            if most is not None and (count >= most).all():
                break
        common = overlap(xp, [b[:, i:i + 1] for b in boxes], boxes)
        close = common >= threshold if closed else common > threshold
        if ids is not None:
            close = close & (ids == ids[:, i:i + 1])
        alive = alive & ~(alive[:, i:i + 1] & close & (later > i))
    return alive


_NMS = ("(data:x, overlap_thresh=0.5, valid_thresh=0.0, topk=-1, coord_start=2, score_index=1, id_index=-1, "
        "background_id=-1, force_suppress=False, in_format='corner', out_format='corner')")


@op(fn=(), mx=(f"_contrib_box_nms{_NMS}", f"_contrib_box_non_maximum_suppression{_NMS}"))
def box_nms(xp, x, *, overlap_thresh=0.5, valid_thresh=0.0, topk=-1, coord_start=2, score_index=1, id_index=-1,
            background_id=-1, force_suppress=False, in_format="corner", out_format="corner"):
    """Rows of x (..., N, K), each a box with its score, by falling score; doubles give way to rows of -1 at the end.

    Args:
        overlap_thresh: a box goes whose overlap with one of a higher score exceeds it.
        valid_thresh: only boxes with a higher score count; of these the ``topk`` best, if that is positive.
        coord_start, score_index, id_index: where a row holds the four coordinates, the score and the class, if any.
        background_id: boxes of this class go.
        force_suppress: compare boxes of different classes too.
        in_format, out_format: 'corner' or 'center', see the module.

    The gradient goes to the rows that were kept. Source: MXNet's ``contrib.box_nms``.
    """
    for form in (in_format, out_format):
        check_format("box_nms", form)
    if len(x.shape) < 2 or not 0 <= coord_start <= x.shape[-1] - 4 or not 0 <= score_index < x.shape[-1]:
        raise ShapeError(f"box_nms expects data (..., N, K) whose rows hold a score at {score_index} and four "
                         f"coordinates from {coord_start}, got shape {tuple(x.shape)}.")
    shape = tuple(x.shape)
    rows = xp.reshape(x, (-1, *shape[-2:]))
    order, kept = xp.nms_order(rows, overlap_thresh=overlap_thresh, valid_thresh=valid_thresh, topk=topk,
                               coord_start=coord_start, score_index=score_index, id_index=id_index,
                               background_id=background_id, force_suppress=force_suppress, in_format=in_format)
    found = rows[np.arange(rows.shape[0])[:, None], order]
    if in_format != out_format:
        change = corners if out_format == "corner" else centers
        box = xp.stack(change(xp, found[..., coord_start:coord_start + 4], in_format), -1)
        found = xp.concatenate([found[..., :coord_start], box, found[..., coord_start + 4:]], -1)
    return xp.reshape(xp.where(kept[..., None], found, xp.zeros_like(found) - 1), shape)


@box_nms.vjp(keep="args")
def _(xp, g, ans, args, needs, *, in_format, out_format, **how):
    rows = tuple(args[0].shape)[-2:]
    x = xp.reshape(args[0], (-1, *rows))
    order, kept = xp.nms_order(x, in_format=in_format, **how)
    g = xp.reshape(g, (-1, *rows))
    g = xp.where(xp.expand_dims(kept, 2), g, xp.zeros_like(g))
    flat = xp.reshape(order + np.arange(x.shape[0])[:, None] * rows[0], (-1,))
    zeros = xp.zeros_like(xp.reshape(x, (-1, rows[1])))
    return (xp.reshape(xp.add_slices(zeros, flat, xp.reshape(g, (-1, rows[1])), axis=0), tuple(args[0].shape)),)


@op(fn=(), differentiable=False, outputs=2)
def nms_order(xp, rows, *, overlap_thresh, valid_thresh, topk, coord_start, score_index, id_index, background_id,
              force_suppress, in_format):
    """Which rows of (B, N, K) ``box_nms`` puts where (B, N), and the mask (B, N) of the places that hold one."""
    score = rows[..., score_index]
    valid = score > valid_thresh
    if id_index >= 0:
        valid = valid & (rows[..., id_index] != background_id)
    order = xp.stable_argsort(xp.where(valid, -score, np.inf), 1)
    batch = np.arange(rows.shape[0])[:, None]
    found = rows[batch, order]
    alive = valid[batch, order]
    if topk > 0:
        alive = alive & (np.arange(rows.shape[1]) < topk)
    ids = None if force_suppress or id_index < 0 else found[..., id_index]
    box = corners(xp, found[..., coord_start:coord_start + 4], in_format)
    kept = suppress(xp, box, alive, overlap_thresh, ids)
    front = xp.stable_argsort(~kept, 1)
    return order[batch, front], kept[batch, front]


@op("NMSWithMask(iou_threshold=0.5)(bboxes:x)", fn=(), outputs=3, differentiable=False)
def nms_with_mask(xp, x, *, iou_threshold=0.5):
    """Boxes x (N, 5), four corners and a score, by falling score; their numbers 0..N-1; which of them survive.

    Source: MindSpore's NMSWithMask, on the CPU.
    """
    if len(x.shape) != 2 or x.shape[1] != 5:
        raise ShapeError(f"NMSWithMask expects boxes of shape (N, 5), got {tuple(x.shape)}.")
    if not 0 <= iou_threshold <= 1:
        raise ArgumentError(f"NMSWithMask: iou_threshold must be in [0, 1], got {iou_threshold}.")
    order = xp.stable_argsort(-x[:, 4], 0)
    found = x[order]
    alive = xp.ones((1, x.shape[0]), bool)
    kept = suppress(xp, [c[None] for c in corners(xp, found)], alive, iou_threshold)
    return found, xp.arange(x.shape[0]).astype("int32"), kept[0]


@op(fn=(), mx="_contrib_bipartite_matching(data:x, is_ascend=False, threshold, topk=-1)", outputs=2)
def bipartite_matching(xp, x, *, is_ascend=False, threshold, topk=-1):
    """Rows and columns of scores x (..., N, M) paired one to one, the best pair first.

    Returns:
        The column of each row (..., N), and the row of each column (..., M); -1 for those that have none, as scores
        must exceed ``threshold`` (be below it, if ``is_ascend``), and at most ``topk`` + 1 pairs are made, if that is
        positive (so does mxnet 1.9.1, which documents ``topk``).

    Its gradient is 0. Source: MXNet's ``contrib.bipartite_matching``.
    """
    if len(x.shape) < 2:
        raise ShapeError(f"bipartite_matching expects scores of shape (..., N, M), got {tuple(x.shape)}.")
    shape = tuple(x.shape)
    n, m = shape[-2:]
    score = xp.reshape(-x if is_ascend else x, (-1, n, m))
    limit = -threshold if is_ascend else threshold
    column_of, row_of = xp.zeros((score.shape[0], n)) - 1, xp.zeros((score.shape[0], m)) - 1
    rows, columns = np.arange(n), np.arange(m)
    for _ in range(min(n, m) if topk <= 0 else min(n, m, topk + 1)):
        flat = xp.reshape(score, (-1, n * m))
        best = xp.argmax(flat, axis=1)
        good = xp.max(flat, axis=1) > limit
        row, column = (best // m)[:, None], (best % m)[:, None]
        here, there = good[:, None] & (rows == row), good[:, None] & (columns == column)
        column_of = xp.where(here, column, column_of)
        row_of = xp.where(there, row, row_of)
        score = xp.where(here[:, :, None] | there[:, None, :], -np.inf, score)
    dtype = x.dtype
    return (xp.reshape(column_of, shape[:-1]).astype(dtype),
            xp.reshape(row_of, (*shape[:-2], m)).astype(dtype))


bipartite_matching.vjp(_nothing, keep="args")


# -- differences -----------------------------------------------------------------------------------------------------


@op(fn=(), mx="_contrib_box_encode(samples, matches, anchors, refs, means, stds)", outputs=2, differentiable=False)
def box_encode(xp, samples, matches, anchors, refs, means, stds):
    """The differences (B, N, 4) of anchors (B, N, 4) to the boxes refs (B, M, 4) that they match, and their mask.

    With centres and sizes: ((rx - ax) / aw - mean) / std, likewise y; (log(rw / aw) - mean) / std, likewise heights.

    Args:
        samples: (B, N), above 0.5 for the anchors that count; others have differences and mask 0.
        matches: (B, N), which of the refs an anchor matches.
        means, stds: (4,).
    """
    matched = refs[np.arange(refs.shape[0])[:, None], xp.clip(matches.astype("int64"), 0, refs.shape[1] - 1)]
    ax, ay, aw, ah = centers(xp, anchors, "corner")
    rx, ry, rw, rh = centers(xp, matched, "corner")
    change = xp.stack([(rx - ax) / aw, (ry - ay) / ah, xp.log(rw / aw), xp.log(rh / ah)], -1)
    counts = xp.broadcast_to((samples > 0.5)[..., None], change.shape)
    return (xp.where(counts, (change - means) / stds, xp.zeros_like(change)),
            counts.astype(change.dtype))


@op(fn=(), mx="_contrib_box_decode(data:x, anchors, std0=1.0, std1=1.0, std2=1.0, std3=1.0, clip=-1.0, "
              "format='center')", differentiable=False)
def box_decode(xp, x, anchors, *, std0=1.0, std1=1.0, std2=1.0, std3=1.0, clip=-1.0, format="center"):
    """The boxes (B, N, 4), as corners, at differences x (B, N, 4) from anchors (1, N, 4): the inverse of box_encode.

    ``clip``, if positive, bounds the logarithms of the sizes.
    """
    check_format("box_decode", format)
    ax, ay, aw, ah = centers(xp, anchors, format)
    dw, dh = x[..., 2] * std2, x[..., 3] * std3
    if clip > 0:
        dw, dh = xp.minimum(dw, clip), xp.minimum(dh, clip)
    cx, cy = x[..., 0] * std0 * aw + ax, x[..., 1] * std1 * ah + ay
    w, h = xp.exp(dw) * aw / 2, xp.exp(dh) * ah / 2
    return xp.stack([cx - w, cy - h, cx + w, cy + h], -1)


_MEANS = "means=(0.0, 0.0, 0.0, 0.0), stds=(1.0, 1.0, 1.0, 1.0)"


@op(f"BoundingBoxEncode({_MEANS})(anchor_box:x, groundtruth_box:y)",
    fn=f"bounding_box_encode(anchor_box:x, groundtruth_box:y, {_MEANS})", differentiable=False)
def bounding_box_encode(xp, x, y, *, means=(0.0,) * 4, stds=(1.0,) * 4):
    """The differences of boxes y (N, 4) from anchors x (N, 4), corners in whole pixels, less means, over stds.

    Source: MindSpore's BoundingBoxEncode.
    """
    _four("BoundingBoxEncode", x, y, means, stds)
    ax, ay, aw, ah = _pixel_centers(xp, x)
    gx, gy, gw, gh = _pixel_centers(xp, y)
    change = xp.stack([(gx - ax) / aw, (gy - ay) / ah, xp.log(gw / aw), xp.log(gh / ah)], -1)
    return (change - xp.asarray(means, change.dtype)) / xp.asarray(stds, change.dtype)


@op(f"BoundingBoxDecode({_MEANS}, max_shape, wh_ratio_clip=0.016)(anchor_box:x, deltas:y)",
    fn=f"bounding_box_decode(anchor_box:x, deltas:y, max_shape, {_MEANS}, wh_ratio_clip=0.016)", differentiable=False)
def bounding_box_decode(xp, x, y, *, means=(0.0,) * 4, stds=(1.0,) * 4, max_shape, wh_ratio_clip=0.016):
    """The boxes at differences y (N, 4) from anchors x (N, 4), clipped to an image of ``max_shape`` (height, width).

    Source: MindSpore's BoundingBoxDecode.
    """
    _four("BoundingBoxDecode", x, y, means, stds)
    if len(max_shape) != 2:
        raise ArgumentError(f"BoundingBoxDecode: max_shape must be (height, width), got {max_shape}.")
    ax, ay, aw, ah = _pixel_centers(xp, x)
    y = y * xp.asarray(stds, y.dtype) + xp.asarray(means, y.dtype)
    limit = abs(float(np.log(wh_ratio_clip)))
    w = aw * xp.exp(xp.clip(y[:, 2], -limit, limit))
    h = ah * xp.exp(xp.clip(y[:, 3], -limit, limit))
    cx, cy = ax + aw * y[:, 0], ay + ah * y[:, 1]
    bottom, right = max_shape
    return xp.stack([xp.clip(cx - (w - 1) * 0.5, 0, right), xp.clip(cy - (h - 1) * 0.5, 0, bottom),
                     xp.clip(cx + (w - 1) * 0.5, 0, right), xp.clip(cy + (h - 1) * 0.5, 0, bottom)], -1)


@op("CheckValid()(bboxes:x, img_metas:y)", fn="check_valid(bboxes:x, img_metas:y)", differentiable=False)
def check_valid(xp, x, y):
    """Which of the boxes x (N, 4), corners in pixels, lie within an image of y = (height, width, ratio) times ratio.

    Source: MindSpore's CheckValid.
    """
    if len(x.shape) != 2 or x.shape[1] != 4 or tuple(y.shape) != (3,):
        raise ShapeError(f"CheckValid expects boxes (N, 4) and img_metas (3,), got {tuple(x.shape)} and "
                         f"{tuple(y.shape)}.")
    return (x[:, 0] >= 0) & (x[:, 1] >= 0) & (x[:, 2] <= y[1] * y[2] - 1) & (x[:, 3] <= y[0] * y[2] - 1)


def _pixel_centers(xp, boxes):
    a, b, c, d = corners(xp, boxes)
    return (a + c) * 0.5, (b + d) * 0.5, c - a + 1, d - b + 1


def _four(name, x, y, means, stds):
    if len(x.shape) != 2 or x.shape[1] != 4 or x.shape != y.shape:
        raise ShapeError(f"{name} expects two arrays of shape (N, 4), got {tuple(x.shape)} and {tuple(y.shape)}.")
    for pair, given in (("means", means), ("stds", stds)):
        if not all([isinstance(v, float) for v in given]):
            raise DTypeError(f"{name}: {pair} must be a tuple of float, got {given}.")
    if len(means) != 4 or len(stds) != 4:
        raise ArgumentError(f"{name}: means and stds must have 4 numbers each, got {means} and {stds}.")
