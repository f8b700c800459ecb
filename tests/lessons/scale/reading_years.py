"""Answers to `scaling.reading_years` as readers might write them."""

from tests.lessons import right, wrong

TARGET = "scaling.reading_years"


@right(TARGET)
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    words_a_year = words_per_minute * 60 * hours_a_day * 365.25
    return n_tokens * words_per_token / words_a_year


@right(TARGET)
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    hours = n_tokens / (1 / words_per_token) / (60 * words_per_minute)
    return hours / (hours_a_day * (3 * 365 + 366) / 4)


@wrong(TARGET, "reading-words-turned")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens / (words_per_token * words_per_minute * 60 * hours_a_day * 365.25)


@wrong(TARGET, "reading-tokens-as-words")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens / (words_per_minute * 60) / (hours_a_day * 365.25)


@wrong(TARGET, "reading-rate-turned")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens * words_per_token * words_per_minute / (60 * hours_a_day * 365.25)


@wrong(TARGET, "reading-minutes-as-hours")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens * words_per_token / words_per_minute / (hours_a_day * 365.25)


@wrong(TARGET, "reading-seconds")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    seconds = n_tokens * words_per_token / words_per_minute
    return seconds / (60 * 60 * hours_a_day * 365.25)


@wrong(TARGET, "reading-day-and-night")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens * words_per_token / (words_per_minute * 525_960)


@wrong(TARGET, "reading-hours-turned")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens * words_per_token / words_per_minute / 525_960 * hours_a_day / 24


@wrong(TARGET, "reading-days")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens * words_per_token / (words_per_minute * 60 * hours_a_day)


@wrong(TARGET, "reading-365")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    return n_tokens * words_per_token / (words_per_minute * 60 * hours_a_day * 365)


@wrong(TARGET, "reading-hours")
def _(n_tokens, words_per_token=0.75, words_per_minute=238, hours_a_day=24):
    hours = n_tokens * words_per_token / words_per_minute / 60
    return hours / 365.25
