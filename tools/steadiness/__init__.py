"""Does a notebook print the same on every machine?

`noise` changes the weights in a kernel, `arithmetic` lists the ways to compute and runs a notebook under one of them,
`outputs` finds the cells that print something else, and `survey` does all of it and prints a line for each.
"""
