"""Parts of benchmarks/attention.py: checks, entrants, timing and the page of results."""
