"""Support vector machines as recommenders."""
