"""All metrics, by the names under which both doors know them."""

from luojia._src.train.metric import Mean, Metric
from luojia._src.train.metrics_classification import (
    F1,
    MCC,
    PCC,
    Accuracy,
    ConfusionMatrix,
    Fbeta,
    Precision,
    Recall,
    TopKAccuracy,
)
from luojia._src.train.metrics_regression import (
    MAE,
    MSE,
    RMSE,
    CosineSimilarity,
    CrossEntropy,
    CustomMetric,
    Loss,
    NegativeLogLikelihood,
    PearsonCorrelation,
    Perplexity,
)
from luojia._src.train.metrics_roc import ROC, auc, roc_curve
from luojia._src.train.metrics_segmentation import Dice, HausdorffDistance

__all__ = [
    "F1", "MAE", "MCC", "MSE", "PCC", "RMSE", "ROC", "Accuracy", "ConfusionMatrix", "CosineSimilarity", "CrossEntropy",
    "CustomMetric", "Dice", "Fbeta", "HausdorffDistance", "Loss", "Mean", "Metric", "NegativeLogLikelihood",
    "PearsonCorrelation", "Perplexity", "Precision", "Recall", "TopKAccuracy", "auc",
    "roc_curve",
]  # fmt: skip
