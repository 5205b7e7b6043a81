"""Made by `python -m tools.stubs` from the operators' tables; do not edit."""

from luojia.ndarray import *
from luojia.ndarray import arithmetic as arithmetic
from luojia.ndarray import cached_op as cached_op
from luojia.ndarray import contrib as contrib
from luojia.ndarray import creation as creation
from luojia.ndarray import door as door
from luojia.ndarray import fluent as fluent
from luojia.ndarray import functions as functions
from luojia.ndarray import image as image
from luojia.ndarray import indexing as indexing
from luojia.ndarray import linalg as linalg
from luojia.ndarray import ndarray as ndarray
from luojia.ndarray import op as op
from luojia.ndarray import random as random
from luojia.ndarray import sparse as sparse
from luojia.ndarray import sparse_array as sparse_array
from luojia.ndarray import updates as updates
from luojia.ndarray import updates_many as updates_many
