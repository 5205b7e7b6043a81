"""Gluon's contributed parts: estimators and a few layers."""

from . import estimator, nn

__all__ = ["estimator", "nn"]
