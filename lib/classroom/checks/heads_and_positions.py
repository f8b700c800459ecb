"""Checks of this lesson: to come."""

EXERCISES = ()
