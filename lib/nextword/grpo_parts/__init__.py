"""What stands under the rung `grpo`: its options and records, and what it refuses."""
