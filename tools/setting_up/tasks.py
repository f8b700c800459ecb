"""The three tasks: what each needs, and what it becomes when that is there."""

import os
import subprocess

from setting_up import steps
from setting_up.causes import sentence_for
from setting_up.places import ROOT, WINDOWS, program
from setting_up.running import Stop, say

TASKS = {  # name: (extra, program in .venv, its arguments)
    "lab": ("lab", "nextword", ["lab"]),
    "test": ("test", "python", ["tools/test.py"]),
    "check": ("test", "python", ["tools/test.py", "--quick"]),
}


def main(arguments: list[str]) -> int:
    """Set up what the task needs, then become the task; what follows its name is handed on to it."""
    if not arguments or arguments[0] not in TASKS:
        say(f"Say what to do: python3 tools/setup.py {'|'.join(TASKS)}")
        return 2
    extra, name, options = TASKS[arguments[0]]
    try:
        steps.set_up(extra)
        if extra == "lab":
            fetch_data()
        return hand_over([program(name), *options, *arguments[1:]])
    except Stop as stop:
        say(f"\n{stop}")
        return 1
    except OSError as error:
        say(f"\n{sentence_for(str(error))}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Run it again when you like: what has been fetched is kept.")
        return 130


def fetch_data():
    """Fetch the texts that the lessons read; the lab opens without them too."""
    if subprocess.call([program("nextword"), "data"], cwd=ROOT) != 0:
        again = f"{program('nextword')} data"
        say(f"Some of the lessons' texts are missing; the lab opens all the same. To try again: {again}")


def hand_over(command: list[str]) -> int:
    """Become the command. Windows has no such thing: there it is waited for."""
    os.chdir(ROOT)
    if not WINDOWS:
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C reached the child as well, and it is the child that ends
            continue
