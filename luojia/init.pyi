"""Made by `python -m tools.stubs` from the operators' tables; do not edit."""

from luojia.initializer import *
