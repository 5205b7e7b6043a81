"""Every ```python block of the READMEs runs, in order, in one namespace per file, in an empty folder."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh.md")


def blocks(text: str) -> list[tuple[int, str]]:
    """First line number and text of each ```python block."""
    found = re.finditer(r"^```python[^\n]*\n(.*?)^```\s*$", text, re.DOTALL | re.MULTILINE)
    return [(text.count("\n", 0, match.start(1)) + 1, match.group(1)) for match in found]


def run(name: str, text: str) -> dict[str, object]:
    """Executes the blocks of `text`; a traceback shows `name` and the line in it."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for line, source in blocks(text):
        exec(compile("\n" * (line - 1) + source, name, "exec"), namespace)
    return namespace


@pytest.mark.parametrize("name", READMES)
def test_the_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(name, (ROOT / name).read_text("utf-8"))


def test_both_languages_show_the_same_number_of_examples() -> None:
    counts = {name: len(blocks((ROOT / name).read_text("utf-8"))) for name in READMES}
    assert len(set(counts.values())) == 1, counts


def test_blocks_share_a_namespace_and_only_python_runs() -> None:
    text = "# T\n```python\na = 1\n```\ntext\n```bash\nexit 1\n```\n\n```python\nb = a + 1\n```\n"
    assert [line for line, _ in blocks(text)] == [3, 11]
    assert run("sample", text)["b"] == 2


def test_a_failing_block_names_its_line() -> None:
    with pytest.raises(AssertionError) as caught:
        run("sample.md", "text\n\n```python\nx = 1\nassert x == 2\n```\n")
    last = traceback.extract_tb(caught.tb)[-1]
    assert (last.filename, last.lineno) == ("sample.md", 5)
