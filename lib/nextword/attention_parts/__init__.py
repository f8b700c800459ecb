"""Under rung `attention`: the cache of keys and values."""
