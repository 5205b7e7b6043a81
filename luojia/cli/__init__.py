"""The command ``luojia``: ``demo`` shows what it does, ``info`` what it runs on, ``run`` runs others' programs,
``launch`` starts a program as several processes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..version import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (default: the process's); gives its exit status."""
    parser = argparse.ArgumentParser(prog="luojia", description="A deep-learning framework of functional gradients.")
    parser.add_argument("--version", action="version", version=f"luojia {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    demo = commands.add_parser("demo", help="gradients of MatMul, LeNet on real digits, a plot")
    demo.add_argument("--epochs", type=_positive, default=20, help="passes over the training digits (default 20)")
    demo.add_argument("--batch-size", type=_positive, default=32, help="digits in a step (default 32)")
    demo.add_argument("--lr", type=float, default=0.05, help="learning rate of plain SGD (default 0.05)")
    demo.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (default 0)")
    demo.add_argument("--out", default="out/demo.png", help="where to save the plot (default out/demo.png)")
    demo.add_argument("--quick", action="store_true", help="256 digits only, and no demand on the accuracy")
    commands.add_parser("info", help="versions, engines and devices")
    script = commands.add_parser("run", help="run a program that imports mxnet or mindspore on luojia")
    script.add_argument("--replace", action="store_true", help="also where the original is installed")
    script.add_argument("script", help="the Python file")
    script.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    job = commands.add_parser("launch", help="start a program as several processes that train together", description=(
        "Start a program as several processes (ranks), with the variables that luojia.communication and "
        "kv.create('dist_sync') read. Output comes with the rank before each line. When one fails, the others are "
        "ended, and the exit status is its own. Processes of one machine share its cores (OMP_NUM_THREADS)."))
    job.add_argument("-n", "--processes", type=_positive, default=2, help="processes on this machine (default 2)")
    job.add_argument("--nodes", type=_positive, default=1, help="machines, each with as many processes (default 1)")
    job.add_argument("--node-rank", type=int, default=0, help="which of the machines this is, from 0")
    job.add_argument("--address", default="", help="host:port of the first machine at which the ranks meet")
    job.add_argument("--timeout", type=float, help="seconds that all ranks have to come (default 300)")
    job.add_argument("--originals", action="store_true", help="the program imports mxnet or mindspore: see luojia run")
    job.add_argument("-m", "--module", action="store_true", help="the program is the name of a module")
    job.add_argument("script", help="the Python file")
    job.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    arguments = parser.parse_args(argv)
    if arguments.command == "launch":
        from .launch import run as run_job

        return run_job(arguments)
    if arguments.command == "run":
        from .run import run as run_script

        return run_script(arguments.script, arguments.arguments, arguments.replace)
    if arguments.command == "info":
        from .info import info

        print(info())
        return 0
    from .demo import demo as run

    return run(arguments.epochs, arguments.batch_size, arguments.lr, arguments.seed, arguments.out, arguments.quick)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of 1 or more, got {text}")
    return number
