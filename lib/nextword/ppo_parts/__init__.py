"""Under rung `ppo`: its options and records, and what is made of rewards."""
