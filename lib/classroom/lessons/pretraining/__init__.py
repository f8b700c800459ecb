"""Checks of lesson 12."""

EXERCISES = ()
