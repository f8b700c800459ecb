"""Checks of lesson 18: pairs from ratings, the loss of Bradley and Terry, accuracy, calibration, and length taken out."""

EXERCISES = (
    "preferences.pairs",
    "reward_model.loss",
    "preferences.accuracy",
    "preferences.calibration_error",
    "reward_model.without_length",
)
