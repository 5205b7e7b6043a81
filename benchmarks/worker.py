"""The process that runs one framework: requests come in on stdin, one JSON object a line, answers go out on stdout.

    {"do": "setup", "case": "mlp_step"}       -> {"version": "2.13.0"}
    {"do": "run", "times": 30, "before": 0.0} -> {"seconds": 0.0384}  (after steps for "before" seconds, not counted)
    {"do": "measure", "case": "lenet_memory"} -> {"value": 54.2}

Anything that goes wrong is answered with {"error": "..."}. Nothing heavy is imported here: `measure` may time imports.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any


def answer(request: dict[str, Any], framework: str, state: dict[str, Any]) -> dict[str, Any]:
    """Carries out one request; `state` keeps what was set up."""
    if request["do"] == "run":
        run, times = state["run"], range(request["times"])
        clock = time.process_time if request.get("cpu") else time.perf_counter
        begun = time.perf_counter()
        while time.perf_counter() - begun < request.get("before", 0.0):
            run()
        start = clock()
        for _ in times:
            run()
        return {"seconds": clock() - start}
    case = importlib.import_module(f"benchmarks.cases.{request['case']}")
    framework, _, variant = framework.partition(" ")
    result = getattr(case, f"on_{framework}__{variant}" if variant else f"on_{framework}")()
    if request["do"] == "setup":
        state["run"] = result
        return {"version": str(getattr(sys.modules[framework], "__version__", "?"))}
    return result if isinstance(result, dict) else {"value": result}


def main(framework: str) -> None:
    # What a framework prints must not get between the answers: only we keep the real stdout.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    state: dict[str, Any] = {}
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), framework, state)
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(reply) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
