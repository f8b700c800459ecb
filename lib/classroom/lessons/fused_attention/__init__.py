"""Checks of lesson 09: two summaries merged, a loop over blocks, the keys of a block, a tile of scores, and the kernel."""

EXERCISES = (
    "kernels.online_softmax.merge",
    "kernels.online_softmax.attend",
    "kernels.tiles.key_range",
    "kernels.tiled_scores.masked_scores",
    "kernels.flash_attention.forward",
)
