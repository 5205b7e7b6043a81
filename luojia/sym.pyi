"""Made by `python -m tools.stubs` from the operators' tables; do not edit."""

from luojia.symbol import *
from luojia.symbol import contrib as contrib
from luojia.symbol import control as control
from luojia.symbol import control_files as control_files
from luojia.symbol import creation as creation
from luojia.symbol import documents as documents
from luojia.symbol import files as files
from luojia.symbol import image as image
from luojia.symbol import linalg as linalg
from luojia.symbol import op as op
from luojia.symbol import prefixed as prefixed
from luojia.symbol import random as random
from luojia.symbol import symbol as symbol
