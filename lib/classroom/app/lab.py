"""Opens the course in JupyterLab: our settings, the reader's place in the course, one calm message.

The settings lie in jupyter/ beside this file and reach Jupyter through its search path, so that nothing is
written to the reader's home and nothing there is needed.
"""

import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from classroom import paths
from classroom.app import exercise_copies, health
from classroom.mine import home, progress

SETTINGS = Path(__file__).parent / "jupyter"
START_HERE = "START_HERE.md"
MESSAGE = """
  Next Word is open at  {address}
  Keep this window while you read; Ctrl-C here ends it. What is saved stays saved.
  Log: {log}
"""


class LabError(Exception):
    """The lab cannot open; the message says why and what to do."""


def run(port: int | None, browser: bool):
    """Open the lab and stay until it is stopped."""
    listen_to_ctrl_c()
    prepare_environment()
    if address := running_address():
        print(f"Next Word is open already at  {address}", flush=True)
        if browser:
            webbrowser.open(address)
        return
    if port is not None and is_taken(port):
        raise LabError(f"port {port} is taken: choose another, or leave --port out and a free one is found")
    prepare_copies()
    with apart(log_file()) as screen:
        serve(arguments(port, browser), screen)


def listen_to_ctrl_c():
    """Let SIGINT end the lab: a script that starts it with `&`, or nohup, hands on that it is ignored."""
    if threading.current_thread() is threading.main_thread():  # no other may set a handler
        signal.signal(signal.SIGINT, signal.default_int_handler)


def prepare_environment():
    """Set what Jupyter and the notebooks' kernels read from the environment, where the reader has not."""
    prepend("JUPYTER_CONFIG_PATH", str(SETTINGS))
    prepend("PATH", str(Path(sys.executable).parent))  # so that the lab's terminal knows `nextword`
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # else a stranger's kernel named python3 may be taken
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two threads collapse where anything else runs
    do_without_home()


def do_without_home():
    """Let Jupyter and its kernels keep in the lab's own folder what they cannot keep in the reader's home."""
    from jupyter_core import paths as jupyter

    own = Path(os.path.expanduser("~"))
    for variable, place in (
        ("JUPYTER_CONFIG_DIR", jupyter.jupyter_config_dir()),
        ("JUPYTER_DATA_DIR", jupyter.jupyter_data_dir()),
        ("JUPYTER_RUNTIME_DIR", jupyter.jupyter_runtime_dir()),
        ("IPYTHONDIR", own / ".ipython"),
        ("MPLCONFIGDIR", own / ".config" / "matplotlib"),
    ):
        if variable not in os.environ and not health.can_write(health.existing_part(Path(place))):
            os.environ[variable] = str(own_folder() / variable.lower())


def prepend(variable: str, folder: str):
    """Put a folder first in a search path of the environment."""
    others = [other for other in os.environ.get(variable, "").split(os.pathsep) if other not in ("", folder)]
    os.environ[variable] = os.pathsep.join([folder, *others])


def prepare_copies():
    """Give the reader copies of the exercises; the lab opens without them too."""
    if not paths.my().is_relative_to(paths.root()):
        print(f"Your folder {paths.my()} lies outside the course's, so JupyterLab can't show it.")
    for file in health.shadows():
        print(f"{file} hides the module of that name, which notebooks may need: give it another name.")
    home.refresh()
    try:
        for news in exercise_copies.prepare():
            print(news)
    except OSError as error:
        print(
            f"Your copies of the exercises could not all be made ({error}); `nextword doctor` may know more."
        )


def first_page() -> str:
    """What to show: the welcome the first time, then the reader's home, with the next step on top."""
    if progress.first_time() or not home.file().exists() or not home.file().is_relative_to(paths.root()):
        return START_HERE
    return home.file().relative_to(paths.root()).as_posix()


def arguments(port: int | None, browser: bool) -> list[str]:
    """Jupyter's command line: what depends on this start; the rest lies in jupyter/."""
    chosen = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port is not None else []
    return chosen + [
        f"--ServerApp.root_dir={paths.root()}",
        f"--ServerApp.open_browser={browser}",
        f"--ServerApp.allow_root={is_root()}",
        "--ServerApp.ip=127.0.0.1",
        f"--LabApp.default_url=/lab/tree/{first_page()}",
        f"--LabApp.workspaces_dir={own_folder() / 'workspaces'}",
        f"--LabApp.extra_labextensions_path={SETTINGS / 'extensions'}",
    ]


def serve(arguments: list[str], screen: TextIO):
    """Start Jupyter, tell the address, and stay until it ends."""
    from jupyterlab.labapp import LabApp  # takes a second, and reads the environment

    try:
        server = LabApp.initialize_server(argv=arguments)
    except (Exception, SystemExit) as error:
        said = f": {error}" if isinstance(error, OSError) else ""
        raise LabError(f"Jupyter could not start{said}") from error
    progress.mark_opened()
    pid_file().write_text(str(os.getpid()))
    page = f"{server.connection_url.rstrip('/')}{server.default_url}"
    print(MESSAGE.format(address=with_token(page, server.token), log=log_file()), file=screen, flush=True)
    server.start()
    pid_file().unlink(missing_ok=True)
    print("\nNext Word is closed. `make lab` opens it again where you were.", file=screen, flush=True)


def with_token(page: str, token: str) -> str:
    """The page's address with the token that lets the reader, and nobody else, in."""
    return f"{page}?token={token}" if token else page


def running_address() -> str | None:
    """Where the lab that was started from this folder runs, if it does."""
    from jupyter_server.serverapp import list_running_servers

    try:
        pid = int(pid_file().read_text())
    except (OSError, ValueError):
        return None
    for server in list_running_servers():
        if server["pid"] == pid and server["root_dir"] == str(paths.root()):
            return with_token(server["url"] + "lab", server["token"])
    return None


def is_taken(port: int) -> bool:
    """True if something listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_root() -> bool:
    """True for the superuser, as in a container; Jupyter wants to be told that this is meant."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


# The lab's own files


def own_folder() -> Path:
    """Where the lab keeps its log and the order of tabs: in the reader's folder, else a temporary one."""
    for parent in (paths.my(), Path(tempfile.gettempdir(), "nextword")):
        folder = parent / ".lab"
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
    raise LabError(f"{paths.my()} can't be written to: give yourself the right to, or set NEXTWORD_MY")


def log_file() -> Path:
    """All that Jupyter says."""
    return own_folder() / "lab.log"


def pid_file() -> Path:
    """Tells which of the Jupyter servers on this machine is this lab."""
    return own_folder() / "lab.pid"


def log_tail(lines: int = 15) -> str:
    """The end of the log, for an error message."""
    return "\n".join(log_file().read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


@contextlib.contextmanager
def apart(log: Path) -> Iterator[TextIO]:
    """Send what this process and its children print to the log; yields the screen, for words meant for it.

    The screen comes back only for an error: after a good end Jupyter's threads still have things to say.
    """
    sys.stdout.flush()
    log.unlink(missing_ok=True)
    log.touch(mode=0o600)  # for the reader alone: the token stands in it
    saved = [os.dup(1), os.dup(2)]
    with log.open("wb") as file, os.fdopen(os.dup(1), "w", encoding="utf-8") as screen:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield screen
        except BaseException:
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)
            raise
