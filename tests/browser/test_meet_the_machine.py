"""Lesson 00 in a real browser: the next word, noise on the dials, and a chat that is stopped in mid-sentence."""

import re

from lab import wait_until

WORDS = 5  # of a reply, before it is stopped


def test_meeting_the_machine(lab, opened):
    place = opened("notebooks", "meet_the_machine")
    lab.run_for("explorer", "dial", "chat")
    assert lab.output_errors() == []
    go_on(lab, place("explorer"))
    turn_the_dial(lab, place("dial"))
    talk(lab, place("chat"))
    assert lab.problems == []


def go_on(lab, cell):
    """Press the likeliest piece, then let chance pick."""
    lab.show_cell(cell)
    lab.says("Press a piece to add it.")
    beginning = lab.panel().get_by_label("a beginning").first
    start = beginning.input_value()
    lab.panel().get_by_role("button", name="·girl").click()
    lab.says(re.compile(r"After “[^”]* girl”: "))
    lab.press("Let chance pick")
    lab.says("The pin fell at 0.")
    wait_until(lambda: len(beginning.input_value()) > len(f"{start} girl"), what="a piece by chance")
    assert beginning.input_value().startswith(f"{start} girl")
    lab.panel().get_by_text("reading …").wait_for(state="hidden")
    lab.screenshot("meet_the_machine_next_word")
    lab.type_into("a beginning", "")
    lab.says("Type a beginning")
    lab.type_into("a beginning", "<b>The capital of France is")
    lab.says("capital of France is”: “·Paris”")


def turn_the_dial(lab, cell):
    """More noise, another story."""
    lab.show_cell(cell)
    lab.says("Noise 0:")
    noise = lab.move_slider("noise", steps=3)
    lab.says(f"Noise {noise}: ")
    lab.screenshot("meet_the_machine_noise")


def talk(lab, cell):
    """A long reply is stopped, and the next message is answered."""
    lab.show_cell(cell)
    lab.press("Show what the machine reads: one text, with its marks")
    first, second = "Write a very long story about a duckling.", "And what did the swans say?"
    lab.type_into("you", first, enter=True)
    assert_some_words(lab, first)
    lab.screenshot("meet_the_machine_writing")
    lab.press("Stop")
    told = lab.says("You stopped it after").inner_text()
    assert int(re.search(r"after (\d+) tokens in", told)[1]) < 300 and "a second." in told
    stopped = reply(lab, first)
    lab.type_into("you", second)
    lab.press("Send")
    assert_some_words(lab, second)
    assert reply(lab, first) == stopped  # for all the time that this took
    lab.press("Stop")
    lab.says("You stopped it after")
    assert reply(lab, first) == stopped and reply(lab, second)
    raw = lab.says("<|im_start|>system").inner_text()
    for said in (f"<|im_start|>user\n{first}<|im_end|>", stopped, f"<|im_start|>user\n{second}<|im_end|>"):
        assert said in raw
    lab.screenshot("meet_the_machine_chat")


def reply(lab, message):
    """What the machine has said to a message so far."""
    exchange = lab.panel().locator(".widget-html").filter(has_text=message).first
    return exchange.inner_text().partition("The machine")[2].strip().removesuffix("▌")


def assert_some_words(lab, message):
    """Wait until a reply is being written."""
    lab.says(message)
    wait_until(lambda: len(reply(lab, message).split()) >= WORDS, 60, "a reply")
