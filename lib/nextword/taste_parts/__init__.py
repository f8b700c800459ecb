"""What stands under the rung `taste`: what is read off a text, and readers that are simulated."""
