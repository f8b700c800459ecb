"""Sets the course up in its own folder, then hands over: `python3 tools/setup.py lab` (or test, or check).

This file is written in words that Python 2.7 can read, so that an old Python can say that it is too old;
the work is done in setting_up/, which is only read once the Python is known to be a good one.
"""
# ruff: noqa: UP031
# (for an old Python could not read what ruff would put in place of %)

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def main(arguments):
    """Set up what the task needs, with a Python that will do."""
    wrong = wrong_python(sys.version_info)
    if wrong:
        return use_another_python(wrong, arguments)
    from setting_up import tasks

    return tasks.main(arguments)


def wrong_python(version):
    """A sentence if the course cannot run on this version of Python, else None."""
    version = tuple(version[:2])
    if OLDEST <= version <= NEWEST:
        return None
    return (
        "This is Python %d.%d, which is too %s: Next Word needs Python 3.11, 3.12 or 3.13. Install one of "
        "them from python.org or your system's packages, then run this again: `make lab PYTHON=python3.12`, "
        "`python3.12 tools/setup.py lab`, or on Windows `py -3.12 tools/setup.py lab`."
    ) % (version + ("old" if version < OLDEST else "new",))


def use_another_python(wrong, arguments):
    """Start again with a Python that will do, if this machine has one; else say what is wrong."""
    python = another_python()
    if python is None:
        say(wrong)
        return 1
    say("This is Python %d.%d, which won't do; going on with %s." % (sys.version_info[:2] + (python,)))
    return subprocess.call([python, os.path.abspath(__file__)] + arguments)


def another_python():
    """The name of a supported Python on the PATH, or None."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        try:  # being on the PATH is not enough: version managers put names there that only print an error
            answer = subprocess.check_output(
                [name, "-c", "import venv; print('yes')"], stderr=subprocess.STDOUT
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        if answer.strip() == b"yes":
            return name
    return None


def say(text):
    """Print a line at once, so that it stands before what another process prints."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
