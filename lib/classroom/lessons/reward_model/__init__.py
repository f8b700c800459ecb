"""Checks of lesson 18: pairs from ratings, Bradley and Terry's loss, accuracy, calibration, length taken out, a slope."""

EXERCISES = (
    "preferences.pairs",
    "reward_model.loss",
    "preferences.accuracy",
    "preferences.calibration_error",
    "reward_model.without_length",
    "taste.slope",
)
