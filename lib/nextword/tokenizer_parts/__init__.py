"""Under rung `tokenizer`: its fast twins, and what it refuses."""
