"""Gluon's contributed parts: estimators, and some layers, cells and data."""

from . import cnn, data, estimator, nn, rnn

__all__ = ["cnn", "data", "estimator", "nn", "rnn"]
