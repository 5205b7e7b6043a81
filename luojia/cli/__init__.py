"""The command ``luojia``: ``demo`` shows what it does, ``info`` what it runs on, ``run`` runs others' programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (default: the process's); gives its exit status."""
    parser = argparse.ArgumentParser(prog="luojia", description="A deep-learning framework of functional gradients.")
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
    arguments = parser.parse_args(argv)
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
