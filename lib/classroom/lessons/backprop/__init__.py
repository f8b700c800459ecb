"""Checks of lesson 10."""

EXERCISES = ()
