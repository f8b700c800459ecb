"""What stands under `kernels.trace`: which memory is a tensor's own, and what listens to Triton's interpreter."""
