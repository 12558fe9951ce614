"""The body of a reply that is all there, for urllib3 to read."""

from __future__ import annotations

import io


class Body(io.BytesIO):
    """Closes itself when it has been read, as a response of ``http.client`` does: urllib3 streams until it is closed."""

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        if self.closed:
            return b""
        data = super().read(size)
        if self.tell() == len(self.getbuffer()):
            self.close()
        return data

    def read1(self, size: int | None = -1, /) -> bytes:
        """The same: all of it is there."""
        return self.read(size)
