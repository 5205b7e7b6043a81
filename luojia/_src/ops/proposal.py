"""Regions that a network proposes, and regions that stand askew."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, NotSupportedError, ShapeError
from .boxes import suppress
from .deformable import bilinear
from .roi import samples_of

_SIGNATURE = ("(cls_prob:scores, bbox_pred:deltas, im_info, rpn_pre_nms_top_n:before=6000, "
              "rpn_post_nms_top_n:after=300, threshold=0.7, rpn_min_size:least=16, "
              "scales=(4.0, 8.0, 16.0, 32.0), ratios=(0.5, 1.0, 2.0), feature_stride:stride=16, "
              "output_score=False, iou_loss=False)")


def anchors(stride, scales, ratios):
    """The corners (A, 4) of the anchors at the first place: ``stride`` pixels wide, in each ratio at each scale."""
    middle = (stride - 1) / 2
    found = []
    for ratio in ratios:
        width = np.floor(np.sqrt(np.floor(stride * stride / ratio)) + 0.5)
        height = np.floor(width * ratio + 0.5)
        for scale in scales:
            half_width, half_height = (width * scale - 1) / 2, (height * scale - 1) / 2
            found.append([middle - half_width, middle - half_height, middle + half_width, middle + half_height])
    return np.array(found, np.float32)


def _moved(xp, boxes, deltas, iou_loss):
    """Boxes (4 arrays) moved by the network's numbers (4 arrays)."""
    if iou_loss:
        return [b + d for b, d in zip(boxes, deltas)]
    found = []
    for axis in (0, 1):
        size = boxes[axis + 2] - boxes[axis] + 1
        middle = boxes[axis] + (size - 1) / 2 + deltas[axis] * size
        half = (xp.exp(deltas[axis + 2]) * size - 1) / 2
        found.append((middle - half, middle + half))
    return [found[0][0], found[1][0], found[0][1], found[1][1]]


@op(fn=(), mx=(f"_contrib_MultiProposal{_SIGNATURE}", f"_contrib_Proposal{_SIGNATURE} | single=True"),
    outputs=lambda output_score=False, **_: 2 if output_score else 1, differentiable=False)
def proposal(xp, scores, deltas, im_info, *, before=6000, after=300, threshold=0.7, least=16,
             scales=(4.0, 8.0, 16.0, 32.0), ratios=(0.5, 1.0, 2.0), stride=16, output_score=False, iou_loss=False,
             single=False):
    """The best regions of a region proposal network: (N ``after``, 5), rows of image, left, top, right, bottom.

    At each place of the map stand A anchors, of each ratio at each scale, which the network moves and scores. They are
    cut at the image's borders; the ``before`` best go through suppression of doubles at ``threshold``, the ``after``
    best of which are given, from the first again where there are fewer.

    Args:
        scores: (N, 2 A, H, W), of which the second half counts. deltas: (N, 4 A, H, W).
        im_info: (N, 3): height, width and scale of each image.
        least: regions that are smaller, times the scale, come last, enlarged.
        stride: pixels of the image between two places.
        iou_loss: the network's numbers are added to the corners; else they move the middle and scale the sides.

    Returns:
        The regions, with ``output_score`` also their scores (N ``after``, 1).

    Source: Ren et al. 2015, "Faster R-CNN"; MXNet's ``contrib.Proposal`` and ``contrib.MultiProposal``.
    """
    name = "Proposal" if single else "MultiProposal"
    base = anchors(stride, scales, ratios)
    count, (height, width) = len(base), scores.shape[2:]
    images = scores.shape[0]
    if scores.shape[1] != 2 * count or tuple(deltas.shape) != (images, 4 * count, height, width):
        raise ShapeError(f"{name} with {len(ratios)} ratios and {len(scales)} scales expects cls_prob (N, {2 * count}, "
                         f"H, W) and bbox_pred (N, {4 * count}, H, W), got shapes {tuple(scores.shape)} and "
                         f"{tuple(deltas.shape)}.")
    if tuple(im_info.shape) != (images, 3):
        raise ShapeError(f"{name} expects im_info ({images}, 3), rows of height, width, scale, got shape "
                         f"{tuple(im_info.shape)}.")
    if single and images != 1:
        raise NotSupportedError(f"Proposal does not support several images, got {images}; use MultiProposal.")
    rows, columns = np.arange(height)[:, None, None], np.arange(width)[:, None]
    steps = [(stride * places).astype(np.float32) for places in (columns, rows)]
    first = [np.broadcast_to(base[:, k] + steps[k % 2], (height, width, count)).ravel() for k in range(4)]
    moves = xp.reshape(xp.transpose(xp.reshape(deltas, (images, count, 4, height, width)), (0, 3, 4, 1, 2)),
                       (images, -1, 4))
    box = _moved(xp, first, [moves[..., k] for k in range(4)], iou_loss)
    limits = [im_info[:, 1 - k % 2][:, None] - 1 for k in range(4)]
    box = [xp.maximum(xp.minimum(b, limit), 0) for b, limit in zip(box, limits)]
    score = xp.reshape(xp.transpose(scores[:, count:], (0, 2, 3, 1)), (images, -1))
    reached = xp.floor(im_info / stride)
    outside = ((np.broadcast_to(rows, (height, width, count)).ravel() >= reached[:, 0][:, None])
               | (np.broadcast_to(columns, (height, width, count)).ravel() >= reached[:, 1][:, None]))
    smallest = least * im_info[:, 2][:, None]
    small = (box[2] - box[0] + 1 < smallest) | (box[3] - box[1] + 1 < smallest)
    box = [xp.where(small, b + (-smallest / 2 if k < 2 else smallest / 2), b) for k, b in enumerate(box)]
    score = xp.where(outside | small, 0 * score - 1, score)
    order = xp.stable_argsort(-score, 1)[:, : before if before > 0 else score.shape[1]]
    batch = np.arange(images)[:, None]
    box, score = [b[batch, order] for b in box], score[batch, order]
    kept = suppress(xp, [box[0], box[1], box[2] + 1, box[3] + 1], xp.ones(score.shape, bool), threshold, most=after)
    front = xp.stable_argsort(~kept, 1)
    number = xp.minimum(xp.sum(kept.astype("int64"), axis=1), after)[:, None]
    chosen = front[batch, np.arange(after) % number]
    image = xp.zeros((images, after), score.dtype) + batch.astype(np.float32)
    regions = xp.reshape(xp.stack([image.astype(score.dtype), *[b[batch, chosen] for b in box]], -1), (-1, 5))
    return (regions, xp.reshape(score[batch, chosen], (-1, 1))) if output_score else regions


@op(fn=(), mx="_contrib_RROIAlign(data:x, rois, pooled_size, spatial_scale, sampling_ratio=-1)")
def rotated_roi_align(xp, x, rois, *, pooled_size, spatial_scale, sampling_ratio=-1):
    """The mean of bilinear samples in each of h x w parts of turned regions of x (N, C, H, W), as (R, C, h, w).

    Args:
        rois: (R, 6): the image's number, the middle's x and y, width, height, and the angle in degrees, anticlockwise.
        sampling_ratio: k, for k x k samples in each part; by default as many as whole places fit.

    There is no gradient by the rois. Source: Ma et al. 2018, "Arbitrary-oriented scene text detection via rotation
    proposals"; MXNet's ``contrib.RROIAlign``.
    """
    sizes = pooled_size if isinstance(pooled_size, tuple) else (pooled_size,) * 2
    if len(x.shape) != 4 or len(rois.shape) != 2 or rois.shape[1] != 6:
        raise ShapeError("RROIAlign expects data (N, C, H, W) and rois (R, 6), rows of image, x, y, width, height, "
                         f"angle, got shapes {tuple(x.shape)} and {tuple(rois.shape)}.")
    if len(sizes) != 2 or min(sizes) < 1:
        raise ArgumentError(f"RROIAlign: pooled_size must be a positive (height, width), got {pooled_size}.")
    rois = xp.stop_gradient(rois)
    height, width = x.shape[2:]
    lengths = [xp.maximum(rois[:, k] * spatial_scale, 1.0) for k in (4, 3)]
    places, counts = [], []
    for size, parts in zip(lengths, sizes):
        step = (size / parts)[:, None, None]
        number, most = samples_of("RROIAlign", "sampling_ratio", xp, step, sampling_ratio)
        sample = np.arange(most)
        at = (np.arange(parts)[:, None] + (sample + 0.5) / xp.maximum(number, 1)) * step - size[:, None, None] / 2
        places.append(at)  # (R, parts, samples), from the middle
        counts.append((sample < number) & (at == at))
    down, across = places[0][:, :, None, :, None], places[1][:, None, :, None, :]
    angle = (rois[:, 5] * (np.pi / 180))[:, None, None, None, None]
    z = across * xp.cos(angle) + down * xp.sin(angle) + (rois[:, 1] * spatial_scale)[:, None, None, None, None]
    y = down * xp.cos(angle) - across * xp.sin(angle) + (rois[:, 2] * spatial_scale)[:, None, None, None, None]
    inside = counts[0][:, :, None, :, None] & counts[1][:, None, :, None, :]
    total = xp.sum(inside.astype(x.dtype), axis=(3, 4))
    inside = inside & (y >= -1) & (y <= height) & (z >= -1) & (z <= width)
    rows = xp.swapaxes(xp.reshape(x, (x.shape[0], x.shape[1], height * width)), 1, 2)[rois[:, 0].astype("int64")]
    flat = (rois.shape[0], -1)
    found = bilinear(xp, rows, height, width, xp.reshape(y, flat).astype(x.dtype), xp.reshape(z, flat).astype(x.dtype),
                     "edge")
    found = xp.reshape(found * xp.reshape(inside.astype(x.dtype), flat)[..., None], (*y.shape, x.shape[1]))
    mean = xp.sum(found, axis=(3, 4)) / xp.maximum(total, 1)[..., None]
    return xp.transpose(mean, (0, 3, 1, 2))
