"""Under rung `dpo`: what a run is made of, and what it refuses."""
