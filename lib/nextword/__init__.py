"""A language model, one rung at a time: `from nextword import ngram`, then `ngram.count_next(...)`.

Each module is a rung and imports only rungs below it. Importing `nextword` installs nothing and fetches nothing.
"""
