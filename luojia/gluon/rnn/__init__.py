"""Recurrent layers and cells."""

from . import rnn_cell, rnn_layer
from .modifier_cells import BidirectionalCell, DropoutCell, ModifierCell, ResidualCell, ZoneoutCell
from .rnn_cell import (
    GRUCell,
    HybridRecurrentCell,
    HybridSequentialRNNCell,
    LSTMCell,
    RecurrentCell,
    RNNCell,
    SequentialRNNCell,
)
from .rnn_layer import GRU, LSTM, RNN

__all__ = ["BidirectionalCell", "DropoutCell", "GRU", "GRUCell", "HybridRecurrentCell", "HybridSequentialRNNCell",
           "LSTM", "LSTMCell", "ModifierCell", "RNN", "RNNCell", "RecurrentCell", "ResidualCell", "SequentialRNNCell",
           "ZoneoutCell", "rnn_cell", "rnn_layer"]
for _cell in (BidirectionalCell, DropoutCell, ModifierCell, ResidualCell, ZoneoutCell):
    setattr(rnn_cell, _cell.__name__, _cell)
