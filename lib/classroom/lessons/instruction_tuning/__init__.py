"""Checks of lesson 17: what counts of an example, its loss, a chat as an example, and pairs of thin matrices."""

EXERCISES = (
    "finetuning.batch",
    "finetuning.loss",
    "finetuning.chat_example",
    "lora.new_pair",
    "lora.forward",
    "lora.merge",
)
