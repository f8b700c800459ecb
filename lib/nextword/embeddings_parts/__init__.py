"""Under rung `embeddings`: what it refuses, and why."""
