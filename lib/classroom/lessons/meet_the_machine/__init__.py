"""Checks of lesson 00: choose a piece, write on, and the text behind a chat."""

EXERCISES = ("black_box.likeliest", "black_box.pick", "black_box.write", "chat.transcript")
