"""What stands under the whole ladder: shapes, overrides, and the texts and models that the course fetches."""
