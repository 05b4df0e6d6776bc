"""Judging recommenders: full rankings, predicted ratings, intervals and verdicts."""

from recsys_helpers.evaluation.full_ranking import RatingPredictor, evaluate, evaluate_ratings
from recsys_helpers.evaluation.rating_report import RatingReport
from recsys_helpers.evaluation.report import Report

__all__ = ["RatingPredictor", "RatingReport", "Report", "evaluate", "evaluate_ratings"]
