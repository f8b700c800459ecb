"""The reader's flags are kept at once, can be read by people, and no damage to their file loses one."""

import csv
import json
import os
import subprocess
import sys

import pytest

from classroom.mine import flags, storage
from classroom.mine.flags import Flag
from nextword.taste import Choice


@pytest.fixture(autouse=True)
def nothing_waits(monkeypatch):
    monkeypatch.setattr(flags, "_waiting", [])


def one(number=0, answer="a", opening="The film is"):
    return Flag(
        opening, f"{opening} good {number}.", f"{opening} dull {number}.", answer, "2026-11-29 02:15:49"
    )


def test_an_answer_is_a_line_that_people_can_read(my):
    assert flags.read().flags == () and flags.labels() == []
    assert flags.keep(one()) == "" and flags.keep(one(1, "b")) == "" and flags.keep(one(2, "skip")) == ""
    lines = flags.file().read_text().splitlines()
    assert json.loads(lines[0]) == {
        "opening": "The film is",
        "a": "The film is good 0.",
        "b": "The film is dull 0.",
        "answer": "a",
        "when": "2026-11-29 02:15:49",
    }
    assert flags.read().flags == (one(), one(1, "b"), one(2, "skip"))
    assert flags.labels() == [
        Choice("The film is", "The film is good 0.", "The film is dull 0."),
        Choice("The film is", "The film is dull 1.", "The film is good 1."),
    ]
    assert sorted(path.name for path in my.iterdir() if not path.name.startswith(".")) == ["flags.jsonl"]


def test_an_answer_given_now_bears_its_time(my):
    given = flags.flag("I", "I am.", "I was.", "b")
    flags.keep(given)
    assert flags.read().flags == (given,) and given.when[:2] == "20" and len(given.when) == 19


def test_letters_of_all_languages_and_line_breaks_stay_as_they_are(my):
    odd = Flag("Ein", 'Ein "Märchen"\u2028\n\\ \x00 \ufffd 天', "Ein, und\r\nnoch eins", "b", "")
    flags.keep(odd)
    flags.keep(one())
    assert flags.read().flags == (odd, one()) and "Märchen" in flags.file().read_text(encoding="utf-8")


def test_an_answer_is_taken_back_and_only_that_one(my):
    for number in range(3):
        flags.keep(one(number))
    before = flags.file().read_bytes().splitlines(keepends=True)
    assert flags.take_back(one(1)) == ""
    assert flags.file().read_bytes() == before[0] + before[2]
    assert "was no longer in" in flags.take_back(one(1))
    assert flags.file().read_bytes() == before[0] + before[2]


BAD = [
    b"{",
    b"not json",
    b"[]",
    b'"a"',
    b"null",
    b"\xff\xfe",
    b'{"opening": "I", "a": "I am.", "b": "I was."}',
    b'{"opening": "I", "a": "I am.", "b": "I was.", "answer": "c"}',
    b'{"opening": "I", "a": "I am.", "b": 3, "answer": "a"}',
    b'{"opening": "I", "a": "", "b": "I was.", "answer": "a"}',
    b'{"opening": ["I"], "a": "I am.", "b": "I was.", "answer": "a"}',
    b"[" * 100_000,
    b'{"opening": "I", "a": "I am.", "b": "I was.", "answer": {"a": 1}}',
]


@pytest.mark.parametrize("bad", BAD)
def test_a_damaged_line_costs_no_other_and_is_kept_beside(bad, my):
    flags.keep(one(0))
    good = flags.file().read_bytes()
    flags.file().write_bytes(bad + b"\n" + good)
    damaged = flags.file().read_bytes()
    kept = flags.read()
    assert kept.flags == (one(0),)
    assert kept.trouble.startswith("Line 1 of ") and "the other one is used" in kept.trouble
    assert flags.file().read_bytes() == damaged and not (my / "saved").exists()  # reading changes nothing
    says = flags.keep(one(1))
    copies = list(my.glob("saved/*/flags.jsonl"))
    assert [copy.read_bytes() for copy in copies] == [damaged] and copies[0].parent.name in says
    assert flags.read() == flags.Kept((one(0), one(1)))
    assert flags.keep(one(2)) == "" and len(list(my.glob("saved/*/flags.jsonl"))) == 1


def test_a_file_cut_off_in_the_middle_of_a_line(my):
    for number in range(5):
        flags.keep(one(number))
    flags.file().write_bytes(flags.file().read_bytes()[:-30])
    assert flags.read().flags == tuple(map(one, range(4)))
    assert "Line 5" in flags.keep(one(9))
    assert flags.read().flags == (*map(one, range(4)), one(9))


def test_what_people_do_to_a_file_by_hand_is_understood(my):
    """Notepad's byte-order mark and line ends, empty lines, spaces, another order, a note, a capital letter."""
    first = json.dumps({"note": "really!", "answer": " A ", "b": "I was.", "a": "I am.", "opening": "I"})
    flags.file().parent.mkdir()
    flags.file().write_bytes(b"\xef\xbb\xbf" + first.encode() + b"\r\n\r\n   \r\n" + first.encode())
    assert flags.read() == flags.Kept((Flag("I", "I am.", "I was.", "a"),) * 2)
    flags.keep(one())
    assert b"really!" in flags.file().read_bytes() and len(flags.read().flags) == 3


def test_nothing_good_is_left(my):
    flags.file().parent.mkdir()
    flags.file().write_bytes(b"x\ny\n\0\0\0\nz\n1\n2\n3\n")
    assert flags.read().flags == () and flags.labels() == []
    assert "Lines 1, 2, 4, 5, 6, ... of" in flags.read().trouble and "no other line" in flags.read().trouble


def test_a_file_that_is_a_folder_is_said_and_left_alone(my):
    flags.file().mkdir(parents=True)
    assert "cannot be read" in flags.read().trouble
    assert "cannot be written" in flags.keep(one())
    assert flags.read().flags == (one(),) and flags.file().is_dir()


def test_what_cannot_be_written_waits_and_is_written_later(my, monkeypatch):
    flags.keep(one(0))

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as without_room:
        without_room.setattr(storage, "write_whole", full)
        assert "No space left on device" in flags.keep(one(1))
        assert flags.keep(one(2)) and flags.read().flags == (one(0), one(1), one(2))
        assert flags.take_back(one(2)) == "" and flags.labels() == [
            Choice("The film is", f"The film is good {n}.", f"The film is dull {n}.") for n in (0, 1)
        ]
    assert flags.keep(one(3)) == ""
    assert len(flags.file().read_bytes().splitlines()) == 3 and flags.read().flags == (one(0), one(1), one(3))


def test_continuous_integration_writes_nothing(my, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert flags.keep(one()) == "" and flags.read().flags == (one(),) and not my.exists()
    assert flags.take_back(one()) == "" and flags.read().flags == ()


def test_what_another_notebook_answered_stays(my):
    flags.keep(one(0, "a"))
    assert "in another notebook" in flags.keep(one(0, "b"))
    assert flags.read().flags == (one(0, "a"),)
    flags.keep(one(1, "skip"))
    assert flags.keep(one(1, "b")) == ""  # a skip is no answer


def test_notebooks_that_write_at_once_lose_nothing(my):
    """Three processes, ten answers each: as from three notebooks."""
    program = (
        "import sys; from classroom.mine import flags\n"
        "for number in range(10):\n"
        "    assert not flags.keep(flags.flag('I', f'I {sys.argv[1]} {number}', 'I', 'a'))\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "CI"} | {"NEXTWORD_MY": str(my)}
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(who)], env=environment) for who in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len({flag.a for flag in flags.read().flags}) == 30 and flags.read().trouble == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], ["not chosen between two texts yet."]),
        ([one(n, "skip") for n in range(5)], ["All 5 pairs so far were skipped."]),
        ([one(n, "b") for n in range(8)], ["All your 8 answers are B."]),
        ([one(n, "b") for n in range(7)], []),
        ([one(n, "b") for n in range(30)] + [one(40)], []),
        ([one(0, "a"), one(0, "b")], ["1 pair was answered both ways"]),
        ([one(0, "a"), Flag("", one().b, one().a, "a")], ["1 pair was answered both ways"]),
        ([one(0, "a"), one(0, "a"), Flag("", one().b, one().a, "b")], []),
        ([one(n, a) for n in range(3) for a in "ab"], ["3 pairs were answered both ways"]),
    ],
)
def test_what_is_odd_is_said_in_a_sentence_each(given, said):
    found = flags.remarks(given)
    assert len(found) == len(said) and all(
        words in sentence for words, sentence in zip(said, found, strict=True)
    )


def test_choices_go_out_as_others_read_them(my, tmp_path):
    flags.keep(one(0, "b"))
    flags.keep(Flag("It", 'It is, "well", long\nand broken.', "Its end.", "a", ""))
    flags.keep(one(3, "skip"))
    rows = [
        {"prompt": "The film is", "chosen": " dull 0.", "rejected": " good 0."},
        {"prompt": "It", "chosen": ' is, "well", long\nand broken.', "rejected": "s end."},
    ]
    lines = flags.export(tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == rows
    with flags.export(str(tmp_path / "out.csv")).open(newline="") as table:
        assert list(csv.DictReader(table)) == rows
    assert flags.export("mine.csv") == my / "mine.csv" and (my / "mine.csv").exists()
    with pytest.raises(FileExistsError, match="there already"):
        flags.export(tmp_path / "out.csv")
