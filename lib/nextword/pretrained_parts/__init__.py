"""Under rung `pretrained`: the file of the real model, and its tokenizer."""
