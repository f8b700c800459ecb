"""Under rung `transformer`: configuration, and hooks on its vectors."""
