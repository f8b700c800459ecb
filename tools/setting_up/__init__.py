"""What `tools/setup.py` does once it knows that its Python is a good one. Standard library only."""
