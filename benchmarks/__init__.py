"""Timings of luojia beside the frameworks that are installed: `python -m benchmarks --help`."""
