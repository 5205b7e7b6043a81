"""Running tests, or any program, in jobs of several processes."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
SECONDS = 300


def run_job(program: Path, *arguments: str, n: int = 2, options: tuple[str, ...] = (), **variables: str):
    """The finished ``luojia launch -n n program arguments``, with environment variables besides."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LUOJIA_")}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
                    "LUOJIA_TIMEOUT": "60", "LUOJIA_INIT_TIMEOUT": "120", **variables}
    command = [sys.executable, "-m", "luojia", "launch", "-n", str(n), *options, str(program), *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)


def names_in(file: Path) -> list[str]:
    """The names of the test functions of a file."""
    return [n.name for n in ast.parse(file.read_text()).body if isinstance(n, ast.FunctionDef)
            and n.name.startswith("test_")]


def run_tests_in_job(path: Path, engine: str, folder: Path) -> dict[str, str]:
    """By name of each test of the file ``path``, run on two ranks: what failed, on either; '' if it passed on both."""
    wrapper = folder / "run.py"
    wrapper.write_text(
        "import os, sys, pytest\n"
        "sys.path.insert(0, os.getcwd())\n"
        f"sys.exit(pytest.main(['-q', '--no-header', '-p', 'no:cacheprovider', {str(path)!r}, "
        f"f'--junitxml={folder}/{{os.environ[\"LUOJIA_RANK\"]}}.xml']))\n")
    done = run_job(wrapper, LUOJIA_ENGINE=engine)
    found: dict[str, str] = {}
    for rank in (0, 1):
        report = folder / f"{rank}.xml"
        if not report.exists():
            raise AssertionError(done.stdout[-4000:] + done.stderr[-4000:])
        for case in ElementTree.parse(report).iter("testcase"):
            name = str(case.get("name")).partition("[")[0]
            problems = [f"{case.get('name')} on rank {rank}: {e.text}" for e in case if e.tag in ("failure", "error")]
            found[name] = found.get(name, "") + "".join(problems)
    return found
