"""The explorer and the chat of lesson 00 hold whatever a reader types, presses and breaks."""

import itertools
import threading
import time
from types import SimpleNamespace

import pytest
import torch

from classroom.display import background
from classroom.lessons.meet_the_machine import chat_page, chat_window, next_word_explorer
from classroom.lessons.meet_the_machine import widgets as widgets
from nextword import chat
from nextword.base import overrides
from nextword.black_box import LanguageModel
from nextword.generation import SamplingConfig
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig
from tests import pace
from tests.library.test_generation import lively

OURS = Tokenizer.train("system user assistant the duckling " * 3, 290, special=("<|im_start|>", "<|im_end|>"))
TOK = PretrainedTokenizer(OURS, list(range(OURS.vocab_size)), 0, OURS.table)
CONFIG = ModelConfig(vocab_size=TOK.vocab_size, d_model=24, n_layers=2, n_heads=6, d_mlp=40, context=400)
REAL = LanguageModel(lively(CONFIG), TOK)
SCRIPT = "<script>alert(1)</script>"


def until(happens, seconds=20):
    """Wait for a thread."""
    end = time.monotonic() + pace.seconds(seconds)
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


# ---- the explorer ----


class Parrot:
    """A machine that always says the same, and remembers what it was asked."""

    def __init__(self, *pieces, context=8192):
        total = sum(range(1, len(pieces) + 1))
        self.options = {piece: (len(pieces) - place) / total for place, piece in enumerate(pieces)}
        self.asked, self.gate = [], threading.Event()
        self.model = SimpleNamespace(config=SimpleNamespace(context=context))
        self.gate.set()

    def ids(self, text):
        return torch.zeros(1, len(text.split(" ")))

    def __call__(self, text):
        self.asked.append(text)
        assert self.gate.wait(pace.seconds(20))
        return self.options


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No waiting for slow fingers; a long one where a test looks at it."""
    monkeypatch.setattr(next_word_explorer, "REST", 0.02)
    monkeypatch.setattr(next_word_explorer, "PAUSE", 0.0)
    yield


@pytest.fixture
def parrot():
    return Parrot(" girl", " boy", "\n", "<|im_end|>", "<b>", "�")


def explorer(parrot, start="a little", chances=(0.5,)):
    return widgets.NextWord(parrot, start, itertools.cycle(chances).__next__)


def settle(seen):
    until(lambda: not seen.busy)


def everything(seen):
    """All HTML that an explorer shows."""
    values = [seen.line.value, seen.how.value, seen.first[1], seen.rest.name.value]
    return " ".join([*values, *(row.bar.value for row in seen.rows)])


def test_a_press_adds_a_piece_and_back_takes_it_away(parrot):
    seen = explorer(parrot)
    seen.rows[0].name.click()
    settle(seen)
    assert seen.text == seen.input.value == "a little girl" and parrot.asked == ["a little", "a little girl"]
    assert "girl" in seen.how.value and "0.29" in seen.how.value
    seen.rows[1].name.click()
    settle(seen)
    assert seen.input.value == "a little girl boy"
    for text in ("a little girl", "a little", "a little"):
        seen.undo.click()
        settle(seen)
        assert seen.text == seen.input.value == text
    assert not seen.undo.disabled  # it may have the keyboard's focus


def test_what_was_typed_can_be_taken_back(parrot):
    seen = explorer(parrot)
    seen.input.value = "the town"
    settle(seen)
    assert seen.text == "the town"
    seen.undo.click()
    settle(seen)
    assert seen.text == seen.input.value == "a little"


def test_fast_typing_asks_once(parrot, monkeypatch):
    monkeypatch.setattr(next_word_explorer, "REST", 0.3)
    seen = explorer(parrot)
    for end in range(1, 30):
        seen.input.value = "once upon a time there was a swan"[:end]
    settle(seen)
    assert parrot.asked == ["a little", "once upon a time there was a "]
    assert seen.past == ["a little"]


def test_typing_while_the_machine_reads_asks_for_the_newest_only(parrot):
    seen, drawn = explorer(parrot), []
    seen.draw = lambda text, *more, own=seen.draw: drawn.append(text) or own(text, *more)
    parrot.gate.clear()
    seen.input.value = "one"
    until(lambda: parrot.asked[-1] == "one")
    for text in ("one t", "one tw", "one two"):
        seen.input.value = text
    parrot.gate.set()
    settle(seen)
    assert parrot.asked == ["a little", "one", "one two"]
    assert drawn == ["one two"] and seen.text == "one two"


def test_a_double_click_adds_one_piece(parrot, monkeypatch):
    monkeypatch.setattr(next_word_explorer, "PAUSE", 0.2)
    seen = explorer(parrot)
    for _ in range(2):
        seen.rows[0].name.click()
    until(lambda: seen.text == "a little girl")
    seen.rows[0].name.click()  # the new bars are not half a second old
    settle(seen)
    assert seen.text == "a little girl"


def test_other_buttons_pressed_while_it_reads_count_once_and_afterwards(parrot):
    seen = explorer(parrot)
    parrot.gate.clear()
    seen.by_size.click()
    for _ in range(3):
        seen.by_size.click()
    parrot.gate.set()
    settle(seen)
    assert seen.text == "a little girl girl"


def test_chance_is_a_pin_on_the_ruler(parrot):
    seen = explorer(parrot, chances=(0.3, 0.999))
    seen.by_chance.click()
    settle(seen)
    assert seen.text == "a little boy" and "The pin fell at 0.30, on “" in seen.how.value
    assert "left:30.00%" in seen.how.value
    seen.by_chance.click()
    settle(seen)
    assert seen.text == "a little boy�" and "part of a letter" in seen.how.value


def test_the_ruler_has_room_for_all_that_have_no_bar():
    parrot = Parrot(*(f" word{n}" for n in range(30)))
    seen = explorer(parrot, chances=(0.95,))
    assert seen.rest.name.value.count("20 others") == 1
    seen.by_chance.click()
    settle(seen)
    assert seen.text.startswith("a little word2") and "20 others" in seen.how.value


def test_the_readers_functions_are_used(parrot):
    seen = explorer(parrot)
    with overrides.replacing("black_box.pick", lambda options, u: f"{u}!"):
        seen.by_chance.click()
        settle(seen)
    with overrides.replacing("black_box.likeliest", lambda options: list(options)[2]):
        seen.by_size.click()
        settle(seen)
    assert seen.text == "a little0.5!\n"


@pytest.mark.parametrize("wrong", [lambda options, u: None, lambda options, u: 1 / 0, lambda options: ""])
def test_a_function_that_breaks_adds_nothing(parrot, wrong):
    seen = explorer(parrot)
    with overrides.replacing("black_box.pick", wrong):
        seen.by_chance.click()
    assert "Nothing was chosen" in seen.how.value and "Error" in seen.how.value
    seen.by_size.click()
    settle(seen)
    assert seen.text == "a little girl"


def test_no_text_asks_nothing(parrot):
    seen = explorer(parrot)
    seen.input.value = ""
    settle(seen)
    assert parrot.asked == ["a little"] and next_word_explorer.EMPTY in seen.line.value
    assert seen.by_chance.disabled and seen.by_size.disabled
    assert all(row.box.layout.display == "none" for row in (*seen.rows, seen.rest))
    seen.rows[0].name.click()
    seen.press(seen.pick)
    assert seen.text == ""


@pytest.mark.parametrize("context, most", [(8192, 500), (40, 40)])
def test_more_than_it_reads_is_a_sentence(context, most):
    parrot = Parrot(" a", context=context)
    seen = explorer(parrot)
    seen.input.value = "duck " * 600
    settle(seen)
    assert parrot.asked == ["a little"]
    assert f"601 pieces long; this window takes at most {most}, and the machine {context:,}" in seen.says


@pytest.mark.parametrize("error", [ValueError("no such text"), TypeError("an operand <b>")])
def test_a_machine_that_breaks_says_so_and_goes_on(parrot, error):
    seen, options = explorer(parrot), parrot.options

    def broken(text):
        raise error

    parrot.__class__.__call__, own = lambda self, text: broken(text), parrot.__class__.__call__
    try:
        seen.input.value = "another"
        settle(seen)
    finally:
        parrot.__class__.__call__ = own
    assert str(error) in seen.says and "<b>" not in seen.line.value
    seen.input.value = "and another"
    settle(seen)
    assert seen.options == options


def test_pieces_can_be_seen_and_markup_is_escaped(parrot):
    seen = explorer(parrot, start=f"{SCRIPT}\n")
    names = [row.name.description for row in seen.rows[:6]]
    assert names == ["·girl", "·boy", "↵", "<|im_end|>", "<b>", "� part of a letter"]
    for place in (4, 3):
        seen.rows[place].name.click()
        settle(seen)
        html = everything(seen)
        assert "<script" not in html and "<b>" not in html and "<|" not in html
    assert seen.text == f"{SCRIPT}\n<b><|im_end|>" and "&lt;|im_end|&gt;" in seen.how.value


def test_the_still_is_the_same_each_time_and_stays():
    one, other = (widgets.next_word(REAL, "the duck")._repr_mimebundle_() for _ in range(2))
    assert one["text/html"] == other["text/html"] and one["text/plain"] == other["text/plain"]
    seen = widgets.next_word(REAL, "the duck")
    seen.by_size.click()
    settle(seen)
    assert seen.text != "the duck" and seen._repr_mimebundle_()["text/html"] == one["text/html"]
    best, *_ = REAL("the duck").values()
    assert f"{best:.2f}" in one["text/html"] and one["text/plain"].startswith("After “the duck”: ")


# ---- the chat ----


def window(system="Be brief.", max_new=12, seed=0):
    generator = torch.Generator().manual_seed(seed)
    made = widgets.ChatWindow(REAL, system, SamplingConfig(max_new=max_new, temperature=0.8), generator)
    made.under.value = True
    return made


def say(made, said):
    """Type it, press Enter, and wait for the end of the reply."""
    made.message.value = f"{said}\n"
    until(lambda: not made.stopping)
    with made.lock:  # under which the rest of its end is done
        pass


def html(made):
    """All HTML that a chat shows."""
    return " ".join([*(part.value for part in made.turns.children), made.raw.value, made.status.value])


@pytest.fixture
def tap():
    """Tokens that come one by one, as a test lets them: `tap.release()` for each; `tap.asked` says for how many."""
    drops = threading.Semaphore(0)
    drops.asked = 0

    def tokens(model, ids, config, generator, cache):
        def dripping():
            for n in itertools.count():
                drops.asked = n + 1
                assert drops.acquire(timeout=pace.seconds(20))
                yield TOK.encode("abcdefghij")[n % 10]

        return dripping()

    with overrides.replacing("generation.generate", tokens):
        yield drops


def test_two_turns(tap):
    made = window()
    for message, n in (("Hello!", 3), ("And you?", 2)):
        made.message.value = f"{message}\n"
        for _ in range(n):
            tap.release()
        until(lambda n=n: made.talk.heard == n and tap.asked == n + 1)  # it waits for the next one
        made.stop_button.click()
        tap.release()
        until(lambda: not made.stopping)
    said = [what for _, what in made.talk.turns]
    assert said == ["Be brief.", "Hello!", "abcd", "And you?", "abc"]
    assert all(what in html(made) for what in said) and len(made.turns.children) == 2
    assert made.message.value == ""


def test_stopped_in_mid_sentence_it_says_no_more(tap, monkeypatch):
    monkeypatch.setattr(chat_window, "EVERY", 0.0)
    made = window()
    made.message.value = "Hello!\n"
    until(lambda: made.told == "Reading …")
    for _ in range(5):
        tap.release()
    until(lambda: "abc" in made.turns.children[0].value and tap.asked == 6)
    assert made.told == "Writing …" and made.reply.value == ""
    assert "▌" in made.raw.value
    made.stop_button.click()
    for _ in range(50):
        tap.release()
    until(lambda: not made.stopping)
    assert made.talk.turns[-1] == ("assistant", "abcdef")  # the piece that was being computed, and no more
    assert "You stopped it after 6 tokens" in made.told and "a second" in made.told
    assert "abcdef<" in made.turns.children[0].value and "▌" not in html(made)
    assert "abcdef<" in made.reply.value  # read aloud once, whole
    assert not made.send_button.disabled and not made.stop_button.disabled  # focus stays where it is


def test_a_message_and_a_reply_are_escaped():
    made = window()
    with overrides.replacing("generation.generate", lambda *args: iter(TOK.encode(f"<b>bold</b>{SCRIPT}"))):
        say(made, f"{SCRIPT} & <i>you</i>?")
    assert made.talk.turns[-1][1] == f"<b>bold</b>{SCRIPT}"
    for tag in ("<script", "<b>", "<i>", "<|"):
        assert tag not in html(made)
    assert html(made).count("&lt;b&gt;bold&lt;/b&gt;&lt;script&gt;") == 2  # in the chat and in the transcript


def test_the_raw_transcript_shows_what_is_a_mark_and_what_only_looks_like_one():
    made = window()
    say(made, "Hi<|im_end|>")
    marked = f'<span style="{chat_page.MARK}">&lt;|im_end|&gt;</span>'
    assert made.raw.value.count(marked) == 3  # one for each turn
    assert made.raw.value.count("Hi&lt;|im_end|&gt;<span") == 1
    assert "\ue000" not in made.raw.value
    before = made.raw.value
    made.under.value = False
    say(made, "Again")
    assert made.raw.value == before  # nobody looks
    made.under.value = True
    assert "Again" in made.raw.value


def test_it_ends_at_its_limit():
    made = window(max_new=5)
    with overrides.replacing("generation.choose", lambda *args: 65):
        say(made, "Hello!")
    assert made.talk.turns[-1] == ("assistant", "AAAAA")
    assert "cut off at its limit: 5 tokens in " in made.told


def test_it_ends_where_the_machine_ends_its_turn():
    made, tokens = window(), iter([65, TOK.id_of(chat.END)])
    with overrides.replacing("generation.choose", lambda *args: next(tokens)):
        say(made, "Hello!")
    assert "It wrote 1 token in " in made.told and "and then <|im_end|>" in made.told


def test_nothing_to_answer_is_a_sentence():
    made = window()
    for empty in ("\n", "  \n"):
        made.message.value = empty
        assert "say something first" in made.told and not made.stopping and made.message.value == ""
    made.send_button.click()
    assert "say something first" in made.told and made.talk.turns == [("system", "Be brief.")]
    say(made, "Hello!")
    assert "tokens in" in made.told


def test_more_than_the_context_is_a_sentence_and_the_message_comes_back():
    made = window()
    long = "the duckling " * 400
    say(made, long)
    assert "more tokens than the 400 that this model reads" in made.told
    assert made.message.value == long.strip() and chat_page.NOTHING_YET in html(made)
    made.message.value = ""
    say(made, "Hello!")
    assert "tokens in" in made.told and len(made.turns.children) == 1
    say(made, long)
    assert "empties the chat" in made.told and len(made.turns.children) == 1


@pytest.mark.parametrize("target", ["generation.read", "chat.transcript", "sampling.softmax"])
def test_a_readers_function_that_breaks_is_a_sentence(target):
    made = window()

    def broken(*args, **more):
        raise TypeError("unsupported operand <b>")

    with overrides.replacing(target, broken):
        say(made, "Hello!")
    assert "The reply broke off. TypeError: unsupported operand <b>" in made.told and "<b>" not in html(made)
    made.message.value = ""
    say(made, "Hello again!")
    assert "tokens in" in made.told


def test_the_slider_is_the_temperature(tap):
    made = window()
    made.temperature.value = 0
    made.message.value = "Hello!\n"
    assert made.talk.config.temperature == 0 and made.talk.config.max_new == 12
    made.stop()
    tap.release()
    until(lambda: not made.stopping)


def test_twice_is_once(tap):
    made = window()
    made.message.value = "Hello!"
    for _ in range(2):
        made.send_button.click()
    made.message.value = "\n"
    made.message.value = "Hello!\n"  # Enter twice, before the box was emptied
    assert len(made.turns.children) == 1 and made.message.value == "" and made.told == "Reading …"
    made.message.value = "Something else\n"
    assert "still writing" in made.told and made.message.value == "Something else"  # not lost
    made.stop()
    tap.release()
    until(lambda: not made.stopping)
    assert [who for who, _ in made.talk.turns] == ["system", "user", "assistant"]


def test_half_a_double_click_after_a_quick_reply_is_nothing(monkeypatch):
    made, tokens = window(), iter([65, TOK.id_of(chat.END)])
    with overrides.replacing("generation.choose", lambda *args: next(tokens)):
        say(made, "Hello!")
    told = made.told
    made.send_button.click()
    made.message.value = "\n"
    assert made.told == told and made.message.value == "" and len(made.talk.turns) == 3
    monkeypatch.setattr(chat_window, "DOUBLE", 0.0)  # later on, it was meant
    made.send_button.click()
    assert "say something first" in made.told


def test_a_turn_without_a_word_is_told_as_one():
    made = window()
    with overrides.replacing("generation.choose", lambda *args: TOK.id_of(chat.END)):
        say(made, "a" * 150)
    assert chat_page.SAID_NOTHING in html(made) and made.talk.turns[-1] == ("assistant", "")
    assert "the first piece that it chose was <|im_end|>" in made.told and "in fewer" in made.told


@pytest.mark.parametrize("system", [None, "You are a pirate."])
def test_a_new_chat_drops_the_reply_that_is_being_written(tap, system):
    made = window()
    made.message.value = "Hello!\n"
    tap.release()
    until(lambda: made.talk.heard == 1)
    old, thread = made.talk, next(thread for thread in background._at_work if thread.is_alive())
    if system:
        made.system.value = system
        assert "new system prompt" in made.told
    else:
        made.again_button.click()
    assert "A new chat began" in made.told and made.talk.turns == [("system", system or "Be brief.")]
    assert "Hello!" not in html(made)
    made.message.value = "Who are you?\n"
    while thread.is_alive():
        tap.release()
        thread.join(0.01)
    assert len(old.turns) == 3 and made.talk is not old
    assert made.stopping and "Who are you?" in html(made) and "Hello!" not in html(made)
    made.stop()
    tap.release()
    until(lambda: not made.stopping)
    assert made.talk.turns[1] == ("user", "Who are you?") and "You stopped it" in made.told


def test_two_windows_do_not_disturb_each_other():
    alone = window(seed=3)
    say(alone, "Hello!")
    one, other = window(seed=3), window(system="", seed=4)
    one.message.value, other.message.value = "Hello!\n", "Swans?\n"
    until(lambda: not one.stopping and not other.stopping)
    assert one.talk.turns == alone.talk.turns and other.talk.turns[:2] == [("system", ""), ("user", "Swans?")]
    assert "Swans" not in html(one) and "Hello" not in html(other)


def test_it_is_shown_at_most_twenty_times_a_second():
    made, shown = window(max_new=200), []
    made.show = lambda *args, own=made.show: shown.append(1) or own(*args)
    began = time.monotonic()
    with overrides.replacing("generation.choose", lambda *args: 65):
        say(made, "Hello!")
    assert len(made.talk.turns[-1][1]) == 200
    assert len(shown) <= 20 * (time.monotonic() - began) + 2


def test_the_process_can_end_while_it_writes(tap, monkeypatch):
    monkeypatch.setattr(background, "ending", threading.Event())
    made = window()
    made.message.value = "Hello!\n"
    for _ in range(100):
        tap.release()
    background.finish()
    assert not made.stopping
    assert all(thread.daemon and not thread.is_alive() for thread in background._at_work)


def test_a_closed_window_writes_on_into_nothing():
    made = window()
    made.message.value = "Hello!\n"
    made.box.close()
    until(lambda: not made.stopping)
    assert len(made.talk.turns) == 3


def test_the_still_is_an_empty_chat_and_the_same_each_time():
    made, other = window(system="Be <brief>."), window(system="Be <brief>.")
    page = made._repr_mimebundle_()
    assert page["text/html"] == other._repr_mimebundle_()["text/html"]
    for seen in (
        "Be &lt;brief&gt;.",
        "Send",
        "Stop",
        "Start again",
        "temperature: 0.8",
        chat_page.NOTHING_YET,
    ):
        assert seen in page["text/html"]
    assert page["text/plain"].startswith("A chat: ")
