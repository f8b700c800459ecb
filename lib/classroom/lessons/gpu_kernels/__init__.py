"""Checks of lesson 08: five kernels, from a sum of two vectors to a matrix product and a fused norm."""

EXERCISES = (
    "kernels.basics.add",
    "kernels.basics.softmax",
    "kernels.basics.transpose",
    "kernels.basics.matmul",
    "kernels.basics.rms_norm",
)
