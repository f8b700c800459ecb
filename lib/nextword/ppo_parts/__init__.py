"""What stands under the rung `ppo`: its options and records, and what it refuses."""
