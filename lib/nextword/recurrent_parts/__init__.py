"""Under rung `recurrent`: its configuration, and a faster loop."""
