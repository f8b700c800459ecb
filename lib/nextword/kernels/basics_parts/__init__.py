"""What stands under `kernels.basics`: checks of what a launcher is given, and the sizes of its blocks."""
