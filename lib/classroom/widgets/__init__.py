"""What moves in the lessons: each widget has one dial, and a still picture of itself for a page that cannot run."""
