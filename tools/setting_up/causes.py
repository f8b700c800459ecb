"""What went wrong, told from what the failed command printed: one sentence that says what to do."""

import platform
import re
import shutil
import sys
import tempfile

from setting_up.places import LOG, ROOT

CAUSES = [  # the first whose pattern is found is named, so the surer ones stand first
    (
        r"No space left on device|Errno 28\b|not enough space on the disk|os error (28|112)\b"
        r"|[Qq]uota exceeded",
        "The disk is full ({free}). Make room there for a few GB, then run this again.",
    ),
    (
        r"ensurepip\s+is\s+not\s+available|No module named '?(venv|ensurepip)\b"
        r"|'ensurepip'.* returned non-zero|ensurepip is disabled",
        "This Python ({python}) lacks venv, the part that makes a place for packages. On Debian and Ubuntu: "
        "`sudo apt install python{version}-venv`; elsewhere install Python from python.org. Then "
        "run this again.",
    ),
    (
        r"No module named '?pip\b",
        "This Python ({python}) lacks pip, which puts packages in. On Debian and Ubuntu: `sudo apt install "
        "python3-pip python{version}-venv`; elsewhere `{python} -m ensurepip`. Then run this again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|invalid peer certificate",
        "The package server's certificate is not trusted here, as happens behind an organisation's proxy: "
        "set PIP_CERT (for uv, SSL_CERT_FILE) to the organisation's certificate file, then run this again.",
    ),
    (
        r"NewConnectionError|Failed to establish a new connection|[Nn]ame resolution|getaddrinfo failed"
        r"|ProxyError|ConnectTimeout|ReadTimeout|Read timed out|Network is unreachable|ConnectionResetError"
        r"|Connection (refused|reset|aborted|broken)|error sending request|dns error|tcp connect error",
        "The packages could not be fetched: the package server can't be reached. Check the network, and the "
        "proxy and index in pip's settings if you use them, and run this again; what is fetched is kept.",
    ),
    (
        r"No matching distribution found for|no wheels? with a matching|is not a supported wheel",
        "A package has no build for this machine ({machine}, Python {version}). Next Word runs with a 64-bit "
        "Python 3.11 to 3.13 on Linux, on Windows, and on Macs with Apple's own chips. If this is "
        "one, the package server did not give all: check the network and pip's settings, and run this again.",
    ),
    (
        r"Permission denied|Read-only file system|Access is denied|os error (5|13|30)\b",
        "The folder {root} can't be written to: give yourself the right to, or move the course to a "
        "folder of yours.",
    ),
]


def sentence_for(output: str) -> str:
    """The cause that the output betrays with its cure, or the end of the output; and where all of it is."""
    for pattern, sentence in CAUSES:
        if re.search(pattern, output):
            return f"{sentence.format(**facts())}\nAll that was said is in {LOG}"
    tail = "\n".join(f"    {line}" for line in output.strip().splitlines()[-12:])
    return f"Set-up failed, and this is the end of what was said:\n{tail}\nAll of it is in {LOG}"


def facts() -> dict[str, str]:
    """What the sentences above mention."""
    free = [
        f"{shutil.disk_usage(place).free / 1e9:.1f} GB free for {place}"
        for place in (ROOT, tempfile.gettempdir())
    ]
    return {
        "free": ", ".join(free),
        "python": sys.executable,
        "version": "{}.{}".format(*sys.version_info),
        "machine": f"{platform.system()} {platform.machine()}",
        "root": str(ROOT),
    }
