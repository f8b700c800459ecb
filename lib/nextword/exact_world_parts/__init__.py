"""Under rung `exact_world`: the grammar that tells its stories, and what each is worth."""
