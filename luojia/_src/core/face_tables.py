"""Tables of faces: functions that are one operator under another signature, one line each."""

from __future__ import annotations


def lines(table: str) -> list[tuple[str, str]]:
    """(face, operator) for each entry of a table.

    >>> lines("abs(x); absolute(x) = abs")
    [('abs(x)', 'abs'), ('absolute(x)', 'abs')]
    """
    found = []
    for entry in table.replace("\n", ";").split(";"):
        if entry.strip():
            face, _, target = entry.strip().partition(") = ")
            target, bar, fixed = target.partition("|")
            face = f"{face}) | {fixed.strip()}" if bar else face + ")" * bool(target)
            found.append((face, target.strip() or face.partition("(")[0]))
    return found
