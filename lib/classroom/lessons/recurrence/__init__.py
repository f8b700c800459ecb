"""Checks of lesson 13: a window of vectors, two cells, a state that goes on, gradients over a distance, steps in a row."""

EXERCISES = (
    "neural_ngram.windows",
    "recurrent.rnn_cell",
    "recurrent.lstm_cell",
    "recurrent.carry",
    "recurrent.gradient_by_distance",
    "recurrent.steps_in_a_row",
)
