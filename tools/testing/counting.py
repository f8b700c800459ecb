"""How many checks passed, failed and were skipped."""

import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

from testing.running import Result

NOTHING_TO_RUN = 5  # pytest's exit code where a selection is empty


@dataclass
class Count:
    """The numbers of the closing line."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, ok: bool) -> None:
        """Add one check that is no pytest."""
        self.passed += ok
        self.failed += not ok

    def add_result(self, result: Result) -> None:
        """Add what a part found; one that broke down without a failure counts as one."""
        if result.part.report is None:
            self.add(result.code == 0)
            return
        passed, failed, skipped = read(result.part.report)
        self.passed += passed
        self.skipped += skipped
        self.failed += failed or (result.code not in (0, NOTHING_TO_RUN))

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped, of a report that pytest wrote; nothing where it did not come so far."""
    passed = failed = skipped = 0
    try:
        suites = list(xml.parse(report).getroot().iter("testsuite"))
    except (OSError, xml.ParseError):
        suites = []
    for suite in suites:
        bad, left_out = int(suite.get("failures")) + int(suite.get("errors")), int(suite.get("skipped"))
        passed += int(suite.get("tests")) - bad - left_out
        failed += bad
        skipped += left_out
    return passed, failed, skipped
