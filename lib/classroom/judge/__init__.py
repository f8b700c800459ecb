"""How a wrong answer is explained beyond the listed mistakes: by its place, by an edit, by what it ignores."""
