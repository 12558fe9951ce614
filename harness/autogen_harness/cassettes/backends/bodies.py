"""The body of a reply that is all there, for urllib3 to read."""

from __future__ import annotations

import io

_read = io.BytesIO.read


class Body(io.BytesIO):
    """Closes itself when it has been read, as a response of ``http.client`` does: urllib3 streams until it is closed."""

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        if self.closed:
            return b""
        data = _read(self, size)
        if size is None or not 0 <= size <= len(data) or self.tell() == len(self.getbuffer()):
            self.close()
        return data

    def read1(self, size: int | None = -1, /) -> bytes:
        """The same: all of it is there."""
        return self.read(size)

    def isclosed(self) -> bool:
        """The same as ``closed``: urllib3 asks for this first, and for that by way of an exception."""
        return self.closed
