"""Judges a reader's function: cases first, then where it parts, then why."""
