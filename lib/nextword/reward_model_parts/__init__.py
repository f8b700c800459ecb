"""Under rung `reward_model`: what the vectors of a real model say about a text."""
