"""See each module: one per lesson."""
