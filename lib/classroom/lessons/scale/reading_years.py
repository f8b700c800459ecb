"""Years of reading: tokens to words, words to minutes, and minutes to years of so many hours a day."""

from fractions import Fraction

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "scaling.reading_years",
    cases=[
        (4e9, 0.5, 200.0, 8.0),
        (499e9, 0.75, 238.0, 24.0),
        (300e9, 0.75, 238.0, 24.0),
        (1e6, 0.8, 100.0, 1.0),
        (5e7, 1.0, 300.0, 12.0),
        (2e8, 0.25, 250.0, 16.0),
    ],
    awkward=[
        (0.0, 0.75, 238.0, 24.0),
        (1.0, 1.0, 1.0, 24.0),
        (15.6e12, 0.6, 260.0, 2.5),
        (1000, 1, 100, 3),
        (525_960, 1, 1, 24),
    ],
)
def reading_years(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    """In exact fractions, by how many words a year holds."""
    tokens, share, rate, hours = map(Fraction, (n_tokens, words_per_token, words_per_minute, hours_a_day))
    words_a_year = rate * 60 * hours * Fraction(1461, 4)
    return float(tokens * share / words_a_year)


edits(
    "scaling.reading_years",
    (
        "reading-words-turned",
        "n_tokens * words_per_token",
        "n_tokens / words_per_token",
        "Tokens were divided by the words per token, as if there were more words than tokens. A token is a part of a word as a rule: multiply.",
    ),
    (
        "reading-tokens-as-words",
        "n_tokens * words_per_token",
        "n_tokens",
        "Tokens were counted as words. Each of them is words_per_token of a word.",
    ),
    (
        "reading-rate-turned",
        "words / words_per_minute",
        "words * words_per_minute",
        "Words were multiplied by the words a minute. Whoever reads faster needs less time: divide.",
    ),
    (
        "reading-minutes-as-hours",
        "minutes / 60 / hours_a_day",
        "minutes / hours_a_day",
        "Minutes were taken for hours. An hour has 60 of them.",
    ),
    (
        "reading-seconds",
        "minutes / 60 / hours_a_day",
        "minutes / 3600 / hours_a_day",
        "Minutes were divided by 3,600, as if they were seconds. The speed is told for each minute: 60 of them make an hour.",
    ),
    (
        "reading-day-and-night",
        "minutes / 60 / hours_a_day",
        "minutes / 60 / 24",
        "It reads day and night, whatever hours_a_day says.",
    ),
    (
        "reading-hours-turned",
        "minutes / 60 / hours_a_day",
        "minutes / 60 / 24 * (hours_a_day / 24)",
        "More hours a day make more years here. Whoever reads half of the day needs twice as long: divide by hours_a_day.",
    ),
    (
        "reading-days",
        "days / 365.25",
        "days",
        "These are days. A year has 365.25 of them.",
    ),
    (
        "reading-365",
        "days / 365.25",
        "days / 365",
        "A year was taken to have 365 days. Over the centuries leap years count: 365.25.",
    ),
    (
        "reading-hours",
        "days / 365.25",
        "days * hours_a_day / 365.25",
        "The hours of a day were not divided by: what is shared out over 365.25 are hours, and not days.",
    ),
)
