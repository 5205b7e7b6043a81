"""``mx.rnn``: recurrent cells that build graphs, for ``mod.BucketingModule``; Gluon's are in ``gluon.rnn``."""

import sys

from .._src.paths import also_at, answering, public_names
from . import rnn_cell
from .checkpoint import do_rnn_checkpoint, load_rnn_checkpoint, rnn_unroll, save_rnn_checkpoint
from .conv_cells import BaseConvRNNCell, ConvGRUCell, ConvLSTMCell, ConvRNNCell
from .fused_cell import FusedRNNCell
from .io import BucketSentenceIter, encode_sentences
from .modifier_cells import BidirectionalCell, DropoutCell, ModifierCell, ResidualCell, ZoneoutCell
from .rnn_cell import BaseRNNCell, GRUCell, LSTMCell, RNNCell, RNNParams, SequentialRNNCell

__all__ = [
    "BaseConvRNNCell", "BaseRNNCell", "BidirectionalCell", "BucketSentenceIter", "ConvGRUCell", "ConvLSTMCell",
    "ConvRNNCell", "DropoutCell", "FusedRNNCell", "GRUCell", "LSTMCell", "ModifierCell", "RNNCell", "RNNParams",
    "ResidualCell", "SequentialRNNCell", "ZoneoutCell", "do_rnn_checkpoint", "encode_sentences", "load_rnn_checkpoint",
    "rnn_unroll", "save_rnn_checkpoint",
]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], f"{__name__}.rnn")
answering(sys.modules[__name__], rnn_cell)
