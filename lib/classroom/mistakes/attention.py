"""Mistakes of this lesson: to come."""
