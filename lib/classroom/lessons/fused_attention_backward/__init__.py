"""Checks of lesson 14: softmax's way back, weights made again, delta, and the gradients of queries, keys and values."""

EXERCISES = (
    "attention_backward.score_gradients",
    "attention_backward.weights_again",
    "kernels.flash_attention_backward.delta",
    "kernels.flash_attention_backward.query_gradient",
    "kernels.flash_attention_backward.key_value_gradients",
)
