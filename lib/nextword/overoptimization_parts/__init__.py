"""What stands under the rung `overoptimization`."""
