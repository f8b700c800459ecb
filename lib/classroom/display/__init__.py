"""What is shown: figures, cards, and the parts that widgets share."""
