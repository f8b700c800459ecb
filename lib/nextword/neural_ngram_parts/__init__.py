"""Under rung `neural_ngram`: what it refuses."""
