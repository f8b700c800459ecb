"""Under rung `kernels.flash_attention_backward`: what a launch works out, and what its kernels share."""
