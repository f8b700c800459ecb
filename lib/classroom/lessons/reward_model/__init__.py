"""Checks of lesson 18."""

EXERCISES = ("taste.most_unlike",)
