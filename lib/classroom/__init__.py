"""What teaches: the table of lessons, checks, diagnoses, widgets, and the `nextword` command."""
