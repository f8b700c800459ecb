"""Under rung `black_box`: text that knows its tokens."""
