"""The folder in which a tool under contract works: laid out once, and as it was for every call."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness.contracts.generation.arguments import SAMPLE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE_TEXT = "first line\nsecond line\n"


class Scratch:
    """A folder of ours, swept away by ``close``.

    Attributes:
        files: what every call finds in its working folder, to be copied and not to be changed.
        work: the working folder.
        temp: the folder for temporary files.
        outside: lies two folders above ``work``, so that what climbs out of it harms nobody and is swept away.
        dirty: whether something may have been written since the last :meth:`enter`.
    """

    def __init__(self, root: str | Path | Callable[[Path], object] | None) -> None:
        self._top = Path(tempfile.mkdtemp(prefix="autogen-harness-")).resolve()
        self.files, self.temp, self.outside = self._top / "files", self._top / "tmp", self._top / "outside"
        self.work = self.outside / "outside" / "work"
        self.dirty = True
        self._home, self._tempdir = Path.cwd(), tempfile.tempdir
        try:
            self._fill(root)
        except BaseException:
            self.close()
            raise

    def enter(self) -> None:
        """Make it the working folder, as it was laid out."""
        if self.dirty:
            self._clean()
        os.chdir(self.work)
        tempfile.tempdir = str(self.temp)

    def close(self) -> None:
        """Go back to where the process was, and leave nothing."""
        os.chdir(self._home)
        tempfile.tempdir = self._tempdir
        shutil.rmtree(self._top, ignore_errors=True)

    def _fill(self, root: str | Path | Callable[[Path], object] | None) -> None:
        if callable(root):
            self.files.mkdir()
            root(self.files)
        elif root:
            shutil.copytree(root, self.files)
        self.files.mkdir(exist_ok=True)
        sample = self.files / SAMPLE_FILE
        if not sample.exists():
            sample.write_text(SAMPLE_TEXT, encoding="utf-8")

    def _clean(self) -> None:
        for folder in (self.outside, self.temp):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.files, self.work)
        self.temp.mkdir()
