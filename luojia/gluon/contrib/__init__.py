"""Gluon's contributed parts: estimators, and some layers, cells and data."""

from . import data, estimator, nn, rnn

__all__ = ["data", "estimator", "nn", "rnn"]
