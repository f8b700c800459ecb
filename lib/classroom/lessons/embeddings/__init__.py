"""Checks of lesson 04: steps, lengths, cosines, counts, PPMI, neighbours, analogies, rulers."""

EXERCISES = (
    "embeddings.differences",
    "embeddings.unit",
    "embeddings.cosine",
    "embeddings.cooccurrence",
    "embeddings.ppmi",
    "embeddings.nearest",
    "embeddings.analogy",
    "embeddings.project_onto",
)
