"""Headers that are computed from the exact bytes of a body. They are no secret: they fit as long as the body stays as it was.

Such as ``X-Hub-Signature-256`` (GitHub), ``X-Slack-Signature``, ``Stripe-Signature``, ``Svix-Signature``,
``X-Shopify-Hmac-Sha256``; and digests: ``Content-MD5``, ``Digest`` (RFC 3230), ``Content-Digest`` (RFC 9530).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autogen_harness.cassettes.filtering.removed import Remark

if TYPE_CHECKING:
    from autogen_harness.cassettes.filtering.removed import Side
    from autogen_harness.model import Headers

_COVERS = re.compile(r"(?:^|-)(?:signature|hmac|digest|content-md5|content-sha256)(?:-|$)")
_BESIDE = re.compile(r"timestamp|input|version|algorithm|^want-")
"""What stands beside a signature, and can stay as it is."""


def covers_body(name: str) -> bool:
    """Is the header of this name (in small letters) a signature or a digest?"""
    return bool(_COVERS.search(name)) and not _BESIDE.search(name)


def outdated(headers: Headers, side: Side) -> list[Remark]:
    """What to say of each signature when the body it was made for was changed."""
    names = dict.fromkeys(name.lower() for name, _ in headers)
    text = "the signature no longer fits the body, from which a secret was removed"
    return [Remark(side, f"header.{name}", text) for name in names if covers_body(name)]
