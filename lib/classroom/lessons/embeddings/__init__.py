"""Checks of lesson 04: lengths, cosines, counts, surprise, neighbours, analogies, rulers."""

EXERCISES = (
    "embeddings.unit",
    "embeddings.cosine",
    "embeddings.cooccurrence",
    "embeddings.ppmi",
    "embeddings.nearest",
    "embeddings.analogy",
    "embeddings.project_onto",
)
