"""The log: one table of who met what and when, its catalogue, and what is read out of it."""

from recsys_helpers.log.catalogue import Catalogue
from recsys_helpers.log.histories import Histories
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries

__all__ = ["Catalogue", "Histories", "Interactions", "Queries"]
