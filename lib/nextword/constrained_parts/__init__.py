"""Under rung `constrained`: how a form is written down."""
