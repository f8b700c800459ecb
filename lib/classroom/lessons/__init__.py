"""One folder a lesson: a file for each exercise, and the lesson's widgets."""
