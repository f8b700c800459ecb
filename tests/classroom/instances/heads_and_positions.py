"""This lesson: to come."""
