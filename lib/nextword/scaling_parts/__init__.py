"""Under rung `scaling`: what its costs are when they are measured."""
