"""Under rung `ppo`: its options and records, and what it refuses."""
