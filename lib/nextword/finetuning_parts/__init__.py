"""Under rung `finetuning`: what people wrote, made ready to be learned from."""
