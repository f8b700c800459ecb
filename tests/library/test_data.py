"""`nextword.base.cache`: a source is here whole or not at all, and each failure is told in one sentence."""

import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from classroom.app.cli import main
from nextword.base import cache, download
from tests import pace
from tests.library import shelf

KEY = "tales"
POSIX = os.name == "posix"
needs_posix = pytest.mark.skipif(not POSIX, reason="signals and mounts as on Unix")


@pytest.fixture(autouse=True)
def world(tmp_path, monkeypatch):
    """A cache, a manifest and a shelf of one wheel, all of them in the test's own folder."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in shelf.settings(no_index="1", find_links=str(tmp_path / "shelf")).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NEXTWORD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "MANIFEST", tmp_path / "sources.toml")
    stock(tmp_path)
    return tmp_path


def stock(world, content=shelf.MEMBERS, **changes):
    """Puts a wheel with this content on the shelf, and pins it in the manifest."""
    wheel = shelf.archive(world / "shelf", content)
    shelf.manifest(world / "sources.toml", wheel, **changes)
    return wheel


def fails_with(*parts):
    """Fetching raises one DataError whose one line tells all these; nothing is half-written."""
    with pytest.raises(cache.DataError) as caught:
        cache.path(KEY)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 400
    assert [part for part in parts if part not in message] == [], message
    assert not cache.is_here(KEY) and shelf.nothing_half_written()
    return message


def whole():
    """The source is here, exactly its files, nothing beside it."""
    place = cache.path(KEY)
    assert sorted(path.name for path in place.iterdir()) == ["one.txt", cache.RECEIPT, "two.txt"]
    assert (place / "two.txt").read_bytes() == shelf.MEMBERS["carrier/texts/two.txt"]
    return cache.is_here(KEY) and shelf.nothing_half_written()


def process(code, world, **pip):
    """Another Python that runs this code with the test's manifest and cache."""
    start = f"import pathlib\nfrom nextword.base import cache, download\ncache.MANIFEST = pathlib.{cache.MANIFEST!r}\n"
    env = shelf.settings(**pip or {"no_index": "1", "find_links": str(world / "shelf")})
    return subprocess.Popen(
        [sys.executable, "-u", "-c", start + code], env=env, stdout=subprocess.PIPE, text=True
    )


# When all is well


def test_fetches_only_the_listed_files(capsys):
    assert not cache.is_here(KEY)
    assert whole()
    assert capsys.readouterr().out == f"Fetching tales (0.0 MB, once) into {cache.root()}\n"


def test_a_second_call_does_nothing(world, capsys):
    cache.path(KEY)
    (world / "shelf" / "carrier-1.0-py3-none-any.whl").unlink()
    capsys.readouterr()
    assert whole() and capsys.readouterr().out == ""


def test_one_file_is_given_as_a_file(world):
    stock(world, members=["carrier/texts/one.txt"])
    assert cache.path(KEY).read_bytes() == b"once upon a time\n"


def test_folders_below_the_shared_one_are_kept(world):
    stock(world, {"carrier/a/x.txt": b"1", "carrier/b/x.txt": b"2"}, members=["carrier/*/*.txt"])
    assert [(cache.path(KEY) / name).read_text() for name in ("a/x.txt", "b/x.txt")] == ["1", "2"]


def test_words_of_a_table_become_plain_text(world):
    import pyarrow
    import pyarrow.parquet

    words = ["the", ",", "caf\u00e9", "a\u2028b"]  # a separator of lines to some, not to us
    pyarrow.parquet.write_table(pyarrow.table({"index": words}), world / "table")
    stock(
        world, {"carrier/t.parquet": (world / "table").read_bytes()}, members=["carrier/*"], words="t.parquet"
    )
    assert cache.path(KEY).name == download.WORDS
    assert cache.path(KEY).read_bytes().decode() == "the\n,\ncaf\u00e9\na\u2028b\n"


def test_a_readers_own_files_do_not_get_in_pips_way(world, monkeypatch):
    (world / "pip.py").write_text("raise SystemExit('not the real pip')")
    monkeypatch.chdir(world)
    assert whole()


def test_remove(world):
    cache.path(KEY)
    (cache.root() / f"{KEY}-left.partial").mkdir()
    (cache.root() / f"{KEY}-0123456789ab").mkdir()  # as it was before the manifest pinned another version
    cache.remove(KEY)
    assert [path.name for path in cache.root().iterdir()] in ([f"{KEY}.lock"], [])


# What comes is not what was wanted


def test_wrong_hash():
    pinned = cache.source(KEY).sha256
    cache.MANIFEST.write_text(cache.MANIFEST.read_text().replace(pinned, "0" * 64))
    fails_with("tales was not fetched", pinned[:12], "000000000000...")


def test_wrong_hash_that_pip_let_pass(world, monkeypatch):
    def careless(arguments, source, folder):
        (folder / "arrivals").mkdir()
        (folder / "arrivals" / "carrier-1.0-py3-none-any.whl").write_bytes(b"something else")
        return 0, "all is well"

    monkeypatch.setattr(download, "_run_pip", careless)
    fails_with(hashlib.sha256(b"something else").hexdigest()[:12], cache.source(KEY).sha256[:12])


def test_truncated_archive(world):
    wheel = world / "shelf" / "carrier-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:-100])
    fails_with("carrier 1.0 came with sha256", cache.source(KEY).sha256[:12], "run this again")


def test_truncated_archive_that_was_pinned_so(world):
    wheel = world / "shelf" / "carrier-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:-100])
    shelf.manifest(cache.MANIFEST, wheel)
    fails_with("carrier 1.0 came as a broken archive")


def test_archive_damaged_inside(world):
    wheel = stock(world, {"carrier/texts/one.txt": zipped_badly()})
    with zipfile.ZipFile(wheel) as opened:
        middle = opened.getinfo("carrier/texts/one.txt").header_offset + 1000
    content = bytearray(wheel.read_bytes())
    content[middle] ^= 255
    wheel.write_bytes(content)
    shelf.manifest(cache.MANIFEST, wheel)
    fails_with("carrier 1.0 came as a broken archive")


def zipped_badly():
    """Bytes that hardly shrink, so that a place inside the archive is a place inside them."""
    return b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(100))


@pytest.mark.parametrize("pattern", ["carrier/texts/three.txt", "carrier/*.csv"])
def test_member_missing(world, pattern):
    stock(world, members=["carrier/texts/one.txt", pattern])
    fails_with("carrier 1.0 holds no file", repr(pattern), "sources.toml")


@pytest.mark.parametrize(
    "name", ["carrier/../../../evil.txt", "/tmp/evil.txt", "C:/evil.txt", "carrier\\..\\evil.txt"]
)
def test_member_that_leads_outside(world, name):
    stock(world, {"carrier/one.txt": b"1", name: b"evil"}, members=["*.txt"])
    fails_with("carrier 1.0 holds", "evil.txt", "which leads out of its folder")
    assert not list(world.rglob("evil.txt")) and not Path("/tmp/evil.txt").exists()


def test_member_that_is_a_link(world):
    link = zipfile.ZipInfo("carrier/texts/link.txt")
    link.external_attr = 0o120777 << 16
    stock(world, shelf.MEMBERS | {link: b"/etc/hostname"})
    fails_with("'carrier/texts/link.txt'", "which leads out of its folder")


def test_unknown_key():
    with pytest.raises(cache.DataError, match="there is no source 'novel'; there are: tales"):
        cache.path("novel")


# Nothing comes


def test_no_network(monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    fails_with("tales was not fetched: pip's connection to its package index failed", "run this again")


def test_connection_lost_half_way(world, monkeypatch):
    with shelf.SlowIndex(world / "shelf" / "carrier-1.0-py3-none-any.whl") as index:
        index.breaks = True
        index.go_on.set()
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.delenv("PIP_FIND_LINKS")
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        fails_with("tales was not fetched", "run this again")
        assert index.served


def test_the_bar_follows_the_growing_archive_though_others_vanish(world, monkeypatch):
    (world / "a.whl").write_bytes(b"12345")
    (world / "log").write_bytes(b"1234567")
    monkeypatch.setattr(download.os, "walk", lambda folder: [(str(folder), [], ["gone.whl", "a.whl", "log"])])
    assert download._largest(world) == 5


def test_no_such_version(world):
    (world / "shelf" / "carrier-1.0-py3-none-any.whl").unlink()
    fails_with("pip could not download carrier 1.0", "No matching distribution found for carrier==1.0")


def test_no_pip(world, monkeypatch):
    venv.create(world / "bare", with_pip=False, symlinks=POSIX)
    python = world / "bare" / ("bin" if POSIX else "Scripts") / ("python" if POSIX else "python.exe")
    monkeypatch.setattr(download.sys, "executable", str(python))
    fails_with("this Python has no pip", "python -m ensurepip")


# The disk


@pytest.fixture
def small_disk(world, monkeypatch):
    """A disk of 400 KB that holds the cache; needs the right to mount one."""
    place = world / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place], capture_output=True)
    if made.returncode:
        pytest.skip("no right to mount a small disk here")
    monkeypatch.setenv("NEXTWORD_CACHE", str(place / "cache"))
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@needs_posix
@pytest.mark.parametrize(
    "content", [os.urandom(600_000), bytes(600_000)], ids=["while pip works", "while unpacking"]
)
def test_disk_really_full(world, small_disk, content):
    stock(world, {"carrier/texts/big.txt": content})
    fails_with("the disk is full", str(cache.root()), "NEXTWORD_CACHE", "run this again")


@pytest.mark.parametrize("step", ["download.shutil.copyfileobj", "cache._write_receipt", "cache._settle"])
def test_disk_full_at_every_step(monkeypatch, step):
    module, name = step.rsplit(".", 1)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr({"download.shutil": download.shutil, "cache": cache}[module], name, full)
        fails_with("the disk is full", "free some space")
    assert whole()


def test_pip_that_finds_the_disk_full(monkeypatch):
    monkeypatch.setattr(download, "_run_pip", lambda *_: (1, "ERROR: ... [Errno 28] No space left on device"))
    fails_with("the disk is full", str(cache.root()))


def test_cache_that_cannot_be_made(world):
    (world / "cache").write_text("a file stands in the way")
    with pytest.raises(
        cache.DataError, match="cannot be kept in .*: make that folder writable, or set NEXTWORD_CACHE"
    ):
        cache.path(KEY)
    assert (world / "cache").read_text() == "a file stands in the way"


@needs_posix
def test_read_only_cache(small_disk):
    whole()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert whole()  # what is here can be read
    cache.MANIFEST.write_text(cache.MANIFEST.read_text().replace("[tales]", "[other]"))
    with pytest.raises(
        cache.DataError, match="other cannot be kept in .*Read-only.*: make that folder writable"
    ):
        cache.path("other")


@needs_posix
def test_cache_without_the_right_to_write():
    cache.root().mkdir(mode=0o555)
    if os.access(cache.root(), os.W_OK):
        pytest.skip("this user may write anywhere")
    fails_with("cannot be kept in", "Permission denied", "make that folder writable")


# Two at once, and killed in the middle


def test_two_processes_fetch_once(world):
    wheel = world / "shelf" / "carrier-1.0-py3-none-any.whl"
    with shelf.SlowIndex(wheel) as index:
        first = process("print(cache.path('tales'))", world, index_url=index.url)
        assert index.half_way.wait(20)
        second = process("print(cache.path('tales'))", world, index_url=index.url)
        assert second.stdout.readline() == "Another process is fetching tales; waiting for it\n"
        index.go_on.set()
        said = [one.communicate(timeout=pace.seconds(30))[0].splitlines() for one in (first, second)]
    assert index.served == 1
    assert first.returncode == second.returncode == 0
    assert said[0][-1] == said[1][-1] == str(cache.folder(KEY))
    assert whole()


def test_killed_while_downloading(world):
    wheel = stock(world, {**shelf.MEMBERS, "carrier/big.bin": os.urandom(300_000)})
    with shelf.SlowIndex(wheel) as index:
        victim = process("cache.path('tales')", world, index_url=index.url)
        assert index.half_way.wait(20)
        kill(victim)
        assert not cache.is_here(KEY) and not cache.folder(KEY).exists()
    assert whole()


STEPS = ["download._download", "download._unpack", "cache._write_receipt", "cache._settle", "cache._discard"]


@needs_posix
@pytest.mark.parametrize("step", STEPS)
def test_killed_after_each_step(world, step):
    victim = process(
        f"import time; real = {step}\n"
        f"def stop(*a, **k): real(*a, **k); print('now', flush=True); time.sleep(60)\n"
        f"{step} = stop; cache.path('tales')",
        world,
    )
    assert victim.stdout.readline().startswith("Fetching")
    assert victim.stdout.readline() == "now\n"
    kill(victim)
    assert not cache.folder(KEY).exists() and list(cache.root().glob("*.partial"))
    assert whole()


WATCH = """
import sys
place, looking = cache.folder("tales"), False

def watch(event, _):
    global looking
    if not looking:
        looking = True
        if place.exists() and not cache.is_here("tales"):
            print("half of it is there at", event)
        looking = False

sys.addaudithook(watch)
cache.path("tales")
"""


def test_at_no_moment_is_half_of_it_there(world):
    watched = process(WATCH, world)  # looks whenever Python opens, makes or renames anything
    assert watched.communicate(timeout=pace.seconds(60))[0].splitlines()[1:] == []
    assert watched.returncode == 0 and whole()


def kill(victim):
    """As the power does: no handler, no clean-up."""
    victim.send_signal(signal.SIGKILL if POSIX else signal.SIGTERM)
    victim.communicate(timeout=pace.seconds(10))


@needs_posix
def test_stopped_by_the_reader(world):
    with shelf.SlowIndex(world / "shelf" / "carrier-1.0-py3-none-any.whl") as index:
        victim = process("cache.path('tales')", world, index_url=index.url)
        assert index.half_way.wait(20)
        pip = child_of(victim)
        victim.send_signal(signal.SIGINT)
        victim.communicate(timeout=pace.seconds(10))
        assert shelf.nothing_half_written() and not cache.is_here(KEY)
        assert gone(pip)


def child_of(parent):
    import psutil

    return psutil.Process(parent.pid).children()[0]


def gone(pip):
    """Whether pip, too, has stopped, or does so within seconds."""
    deadline = time.monotonic() + pace.seconds(5)
    while pip.is_running() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not pip.is_running()


# Damage, noticed later


def test_a_shortened_file_is_noticed_and_fetched_again():
    file = cache.path(KEY) / "one.txt"
    file.write_bytes(file.read_bytes()[:-1])
    assert cache.damage(KEY) == ["one.txt"] and not cache.is_here(KEY)
    assert whole() and file.read_bytes() == b"once upon a time\n"


def test_a_lost_file_is_noticed_and_fetched_again():
    (cache.path(KEY) / "two.txt").unlink()
    assert cache.damage(KEY) == ["two.txt"]
    assert whole()


def test_a_changed_file_of_the_same_length_is_noticed_by_its_hash():
    (cache.path(KEY) / "one.txt").write_bytes(b"once upon a TIME\n")
    assert cache.damage(KEY) == [] and cache.damage(KEY, thorough=True) == ["one.txt"]


def test_a_damaged_receipt_is_noticed():
    receipt = cache.path(KEY) / cache.RECEIPT
    good = receipt.read_text()
    for content in ("", "{}", "[", "[]", '{"members": ["carrier/texts/*.txt"], "files": 1}'):
        receipt.write_text(content)
        assert cache.damage(KEY) == [cache.RECEIPT]
    receipt.write_text(good)
    assert cache.is_here(KEY)
    receipt.unlink()
    assert whole()


def test_a_manifest_that_lists_other_files_is_noticed(world):
    cache.path(KEY)
    shelf.manifest(cache.MANIFEST, next((world / "shelf").iterdir()), members=["carrier/texts/one.txt"])
    assert not cache.is_here(KEY)
    assert cache.path(KEY).name == "one.txt" and shelf.nothing_half_written()


def test_a_failed_repair_keeps_nothing_half(world):
    (cache.path(KEY) / "two.txt").unlink()
    (world / "shelf" / "carrier-1.0-py3-none-any.whl").unlink()
    with pytest.raises(cache.DataError):
        cache.path(KEY)
    assert not cache.is_here(KEY)


# How it is told


def test_a_notebook_shows_the_sentence_and_no_traceback(capsys):
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.instance().run_cell("from nextword.base import cache; cache.path('novel')")
    said = capsys.readouterr()
    assert "DataError: there is no source 'novel'; there are: tales" in said.out + said.err
    assert "Traceback" not in said.out + said.err and "sources.toml" not in said.out + said.err


def nextword(*arguments):
    return CliRunner().invoke(main, ["data", *arguments])


def test_command_fetches():
    said = nextword(KEY)
    assert said.exit_code == 0 and said.output.endswith(f"tales: {cache.folder(KEY)}\n")
    assert whole()


def test_command_fetches_everything():
    assert nextword("--all").exit_code == 0 and cache.is_here(KEY)


def test_command_fetches_what_the_lessons_need(monkeypatch):
    from classroom import course

    lessons = [
        course.Lesson("01", "one", "?", (), data=(KEY,), written=True),
        course.Lesson("02", "two", "?", ()),
    ]
    monkeypatch.setattr(course, "lessons", lambda: tuple(lessons))
    assert nextword().exit_code == 0 and cache.is_here(KEY)


def test_command_fails_in_one_line(world):
    (world / "shelf" / "carrier-1.0-py3-none-any.whl").unlink()
    said = nextword(KEY)
    assert said.exit_code == 1 and said.output.splitlines()[-1].startswith(
        "Error: tales was not fetched: pip"
    )
    assert isinstance(said.exception, SystemExit)


def test_command_names_the_known_keys():
    said = nextword("novel")
    assert (said.exit_code, said.output) == (1, "Error: there is no source 'novel'; there are: tales\n")


def test_command_lists():
    assert [line.split()[:2] for line in nextword("--list").output.splitlines()[:2]] == [
        ["KEY", "HERE"],
        [KEY, "no"],
    ]
    cache.path(KEY)
    assert nextword("--list").output.splitlines()[1].split()[1] == "yes"
    assert "Nobody, Nothing (1900)" in nextword("--list", KEY).output


def test_command_verifies():
    assert nextword("--verify").output == "Nothing has been fetched yet.\n"
    cache.path(KEY)
    assert nextword("--verify").output == "tales: whole\n"
    (cache.path(KEY) / "one.txt").write_bytes(b"once upon a TIME\n")
    said = nextword("--verify")
    assert said.exit_code == 1 and "tales: damaged: one.txt\nError: " in said.output
    assert nextword("--remove", KEY).exit_code == 0 and nextword(KEY).exit_code == 0
    assert nextword("--verify").output == "tales: whole\n"


def test_command_removes_only_what_is_named():
    cache.path(KEY)
    assert nextword("--remove").exit_code == 2 and cache.is_here(KEY)
    assert nextword("--remove", KEY).exit_code == 0 and not cache.is_here(KEY)


def test_the_real_list_fits_a_screen(monkeypatch):
    monkeypatch.setattr(cache, "MANIFEST", Path(cache.__file__).with_name("sources.toml"))
    monkeypatch.setenv("NEXTWORD_CACHE", "/cache")
    everything = nextword("--list").output + nextword("--list", "--all").output
    assert max(map(len, everything.splitlines())) <= 100
    assert all(key in everything for key in cache.sources())
