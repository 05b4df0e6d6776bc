"""Evaluating recommenders: full rankings, predicted ratings, intervals and verdicts."""

from recsys_helpers.evaluation.full_ranking import evaluate
from recsys_helpers.evaluation.ratings import RatingPredictor, RatingReport, evaluate_ratings
from recsys_helpers.evaluation.report import Report

__all__ = ["RatingPredictor", "RatingReport", "Report", "evaluate", "evaluate_ratings"]
