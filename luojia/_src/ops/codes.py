"""The target shapes of MXNet's reshape, whose codes speak of the source's axes."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ArgumentError, ShapeError


def target_shape(shape: Sequence[int], codes: Sequence[int], reverse: bool = False) -> tuple[int, ...]:
    """The shape that ``reshape(codes)`` gives an array of ``shape``.

    Codes: n > 0 a length, 0 the source's, -1 what remains (once), -2 all remaining axes, -3 the product of the next two
    axes, -4 the next axis split in the two lengths that follow (one of which may be -1). ``reverse`` reads both from
    the right, so that a split is then written (b, a, -4).

    >>> target_shape((2, 3, 4), (-3, 0)), target_shape((2, 3, 4), (-4, 1, 2, -2))
    ((6, 4), (1, 2, 3, 4))
    >>> target_shape((10, 5, 4), (-1, 0), reverse=True)
    (50, 4)
    """
    shape, codes = tuple(shape), tuple([int(c) for c in codes])
    size = 1
    for n in shape:
        size *= n
    out = _read(shape[::-1], codes[::-1])[::-1] if reverse else _read(shape, codes)
    if out.count(-1) > 1:
        raise ShapeError(f"reshape: One and only one dim can be inferred, got shape {codes}.")
    known = 1
    for n in out:
        known *= n if n != -1 else 1
    if -1 in out:
        if known and size % known == 0:
            return tuple([size // known if n == -1 else n for n in out])
        raise ShapeError(f"Cannot reshape array of size {size} into shape {codes}")
    if known > size:
        raise ShapeError(f"reshape: target shape size is larger than the current shape: {codes} has {known} elements, "
                         f"{shape} has {size}.")
    if known < size:
        raise ShapeError(f"Cannot reshape array of size {size} into shape {codes}")
    return tuple(out)


def _read(shape: tuple, codes: tuple) -> list[int]:
    out: list[int] = []
    at = i = 0  # the source axis, the code

    def take(count: int) -> tuple:
        nonlocal at
        if at + count > len(shape):
            raise ShapeError(f"reshape: {codes} asks for more axes than the array of shape {shape} has.")
        at += count
        return shape[at - count : at]

    while i < len(codes):
        code = codes[i]
        i += 1
        if code > 0:
            out.append(code)
            at = min(at + 1, len(shape))
        elif code == 0:
            out += take(1)
        elif code == -1:
            out.append(-1)
            at = min(at + 1, len(shape))
        elif code == -2:
            out += take(len(shape) - at)
        elif code == -3:
            a, b = take(2)
            out.append(a * b)
        elif code == -4:
            (n,) = take(1)
            parts = codes[i : i + 2]
            if len(parts) < 2 or min(parts) < -1 or 0 in parts or parts == (-1, -1):
                raise ArgumentError(f"reshape: -4 takes two lengths after it, one of which may be -1, got {codes}.")
            a, b = parts
            i += 2
            a, b = n // b if a == -1 else a, n // a if b == -1 else b
            if a * b != n:
                raise ShapeError(f"reshape: -4 cannot split an axis of length {n} into {parts}.")
            out += [a, b]
        else:
            raise ArgumentError(f"reshape: shape dim size must be >= -1, or one of the codes -2, -3, -4, got {code}.")
    return out
