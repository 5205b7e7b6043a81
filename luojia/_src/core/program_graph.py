"""Compiled programs to look at: as text, as a graph in graphviz's language, as a picture."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import ArgumentError, NotSupportedError

_numbers = itertools.count()


class Line(NamedTuple):
    """One line of a program: what it computes, of which lines, and the shape and dtype of what it gives."""

    numbers: tuple[int, ...]  # of its results
    kind: str  # "input", "parameter", "state", "key" or "operation"
    name: str
    inputs: tuple[int | str, ...]  # of other lines, or constants
    types: tuple[str, ...]


class ProgramGraph:
    """A compiled program: ``print`` shows it as text, notebooks draw it.

    Attributes:
        name: of the function. lines: inputs, then operations in order. outputs: the lines that are returned.
        writes: (name, line): what is assigned to Tensors from outside. gradients: the lines that are gradients, where
            the program has a backward half.

    >>> program = ProgramGraph("double", [Line((0,), "input", "x", (), ("float32[2]",)),
    ...                                   Line((1,), "operation", "mul", (0, 0), ("float32[2]",))], [1], [])
    >>> print(program)
    double
      %0 = input x: float32[2]
      %1 = mul(%0, %0): float32[2]
      return %1
    """

    def __init__(self, name: str, lines: list[Line], outputs: list[int], writes: list[tuple[str, int]],
                 gradients: list[tuple[str, int]] | None = None) -> None:
        self.name, self.lines, self.outputs, self.writes = name, lines, outputs, writes
        self.gradients = gradients or []

    def __str__(self) -> str:
        rows = [self.name]
        for line in self.lines:
            left = ", ".join(f"%{n}" for n in line.numbers)
            what = (f"{line.name}({', '.join(_operand(i) for i in line.inputs)})" if line.kind == "operation"
                    else f"{line.kind} {line.name}")
            rows.append(f"  {left} = {what}: {', '.join(line.types)}")
        rows += [f"  {name} <- %{n}" for name, n in self.writes]
        rows += [f"  gradient of {name}: %{n}" for name, n in self.gradients]
        rows.append("  return " + ", ".join(f"%{n}" for n in self.outputs))
        return "\n".join(rows)

    def dot(self) -> str:
        """The program in graphviz's language: boxes are operations, ellipses what goes in and out."""
        by_result: dict[Any, int] = {n: i for i, line in enumerate(self.lines) for n in line.numbers}
        rows = [f"digraph {_quoted(self.name)} {{", "  node [fontsize=10, height=0.3];"]
        colours = {"input": "#8dd3c7", "key": "#d9d9d9", "parameter": "#ffffb3", "state": "#ffffb3",
                   "operation": "#80b1d3"}
        for i, line in enumerate(self.lines):
            shape = "box" if line.kind == "operation" else "ellipse"
            label = _quoted(f"{line.name}\n{', '.join(line.types)}")
            rows.append(f'  n{i} [shape={shape}, style=filled, fillcolor="{colours[line.kind]}", label={label}];')
            rows += [f"  n{by_result[n]} -> n{i};" for n in dict.fromkeys(line.inputs) if n in by_result]
        ends = [*[("output", n) for n in self.outputs], *self.writes,
                *[(f"gradient of {name}", n) for name, n in self.gradients]]
        for k, (name, n) in enumerate(ends):
            rows.append(f'  o{k} [shape=ellipse, style=filled, fillcolor="#fb8072", label={_quoted(name)}];')
            rows.append(f"  n{by_result[n]} -> o{k};")
        return "\n".join([*rows, "}"]) + "\n"

    def draw(self, filename: str | os.PathLike) -> str:
        """Write a picture; the ending of the name (.svg, .png, .pdf) says which. Gives the name.

        Raises:
            ArgumentError: a ValueError: a name without an ending.
            NotSupportedError: the package graphviz or its program ``dot`` is missing.
        """
        path = Path(filename)
        if not path.suffix:
            raise ArgumentError(f"draw: the ending of the file's name says what to write, as in graph.svg, got "
                                f"{str(filename)!r}.")
        try:
            import graphviz  # pyright: ignore[reportMissingImports] - an extra, may be missing
        except ImportError:
            raise NotSupportedError("draw: pictures are drawn with the package graphviz, which is missing: "
                                    "pip install 'luojia[viz]'; dot() gives the graph as text.") from None
        try:
            picture = graphviz.Source(self.dot()).pipe(format=path.suffix[1:])
        except graphviz.ExecutableNotFound:
            raise NotSupportedError("draw: the program dot is missing, which the package graphviz calls: install "
                                    "graphviz with the system's packages; dot() gives the graph as text.") from None
        path.write_bytes(picture)
        return str(filename)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """For notebooks: a picture where graphviz can draw it, else the text."""
        try:
            import graphviz  # pyright: ignore[reportMissingImports]

            return {"image/svg+xml": graphviz.Source(self.dot()).pipe(format="svg").decode(), "text/plain": str(self)}
        except Exception:  # without the package or its program
            return {"text/plain": str(self)}

    def save(self, folder: str | os.PathLike, with_dot: bool = False) -> str:
        """Write the text to a new file in ``folder``, its name after the function; and the graph beside."""
        name = f"{next(_numbers):04d}_{re.sub(r'[^A-Za-z0-9_.]+', '_', self.name).strip('_') or 'program'}"
        Path(folder).mkdir(parents=True, exist_ok=True)
        path = Path(folder, name + ".ir")
        path.write_text(str(self) + "\n", "utf-8")
        if with_dot:
            path.with_suffix(".dot").write_text(self.dot(), "utf-8")
        return str(path)


def _operand(value: int | str) -> str:
    return value if isinstance(value, str) else f"%{value}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def program_of(region: Any) -> ProgramGraph:
    """What a region (see pure.py) computes."""
    specs, results = region.inputs, region.equations.results
    places = results[len(results) - len(specs) :]
    outs, writes = len(region.outputs), len(region._written)
    ends: list[Any] = [*results[:outs], *results[outs : outs + writes]]
    targets = [_name(t, f"state{i}") for i, t in enumerate(region._written)]
    gradients: list[str] = []
    seeds: list[Any] = []
    if region.linked is not None:
        start = outs + writes
        seeded = sum(region._seeded)
        seeds = list(results[start : start + seeded])
        start += seeded
        gradients = [_input_name(specs[i], i, region.given)[1] for i in region._reached]
        ends += [*results[start : start + len(gradients)],
                 *results[start + len(gradients) : start + len(gradients) + len(region.late)]]
        targets += [_name(t, "state") for t in region.late]
    numbers, rows = region.equations.rows([*places, *seeds], ends)
    lines = []
    for i, (place, spec) in enumerate(zip(places, specs)):
        if place in numbers:
            kind, name = _input_name(spec, i, region.given)
            lines.append(Line((numbers[place],), kind, name, (), (_type(spec),)))
    lines += [Line((numbers[v],), "input", f"gradient of output {k}", (), (_type(o),))
              for k, (v, o) in enumerate(zip(seeds, [o for o, s in zip(region.outputs, region._seeded) if s]))
              if v in numbers] if seeds else []
    lines += [Line(made, "operation", name, inputs, types) for name, inputs, made, types in rows]
    ended = [numbers[v] for v in ends]
    late = ended[outs + writes + len(gradients) :]
    return ProgramGraph(region.name, lines, ended[:outs],
                        list(zip(targets, [*ended[outs : outs + writes], *late])),
                        list(zip(gradients, ended[outs + writes : outs + writes + len(gradients)])))


def _type(spec: Any) -> str:
    return f"{spec.dtype}[{','.join(map(str, spec.shape))}]"


def _name(holder: Any, otherwise: str) -> str:
    name = getattr(holder, "name", None)
    if name is None and getattr(holder, "_node", None) is not None:
        owner = getattr(holder._node, "owner", None)
        name = getattr(owner() if owner is not None else None, "name", None)
    return name or otherwise


def _input_name(spec: Any, number: int, given: int) -> tuple[str, str]:
    if number < given:
        return "input", f"input{number}"
    if spec.source is not None:
        return "key", "random key" if spec.shape == (2,) else "host value"
    name = _name(spec.holder, "")
    return ("parameter", name) if name else ("state", f"state{number}")
