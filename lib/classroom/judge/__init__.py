"""What judging leans on: the shelf of awkward inputs, and what names the place and the slip."""
