"""Judges a reader's function: cases first, then where its values part from the right ones, then why."""
