"""The secrets that are known when a cassette is written: of the environment, of the settings, and what was sent as one."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from autogen_harness.cassettes.filtering.cleaning import cleaned_request
from autogen_harness.cassettes.filtering.eraser import Eraser
from autogen_harness.secrecy.known import is_ordinary, named, of_environment
from autogen_harness.secrecy.names import SecretNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from autogen_harness.cassettes.filtering.removed import Place
    from autogen_harness.model import HttpRequest

_AUTHORIZATION = frozenset({"authorization", "proxy-authorization"})


def known_secrets(
    environ: Mapping[str, str],
    sent: Iterable[HttpRequest] = (),
    values: Iterable[str] = (),
    names: Iterable[str] = (),
) -> dict[str, str]:
    """Values that no file may hold, each with what it is called.

    Args:
        environ: variables of the environment; those whose names mean a secret count, from 8 characters on.
        sent: requests as they really were: what stood in them under a secret name, also the password in Basic credentials.
        values: secrets that somebody listed; from 8 characters on.
        names: names that mean a secret, beside those that always do.
    """
    known = SecretNames(names)
    found = {value: name for request in sent for value, name in _sent(request, known)}
    return found | of_environment(environ, known) | named("a configured secret", values)


def sent_parameters(sent: Iterable[HttpRequest], names: Iterable[str] = ()) -> dict[str, str]:
    """What requests sent under secret names in their queries and bodies, each with its name, to be taken out elsewhere.

    For :func:`~autogen_harness.cassettes.filtering.cleaned`: a crumb that one reply hands out as its whole text, and the next
    request sends as ``crumb=...``, is then the same placeholder in both, and a replay works as the recording did. What was
    sent in headers is not among them: where that comes back, somebody should hear of it.
    """
    known = SecretNames(names)
    taken = (pair for request in sent for pair in _taken(request, known))
    return {value: name for value, name, place in taken if not place.text.startswith("header.") and not is_ordinary(value)}


def _taken(request: HttpRequest, names: SecretNames) -> Iterator[tuple[str, str, Place]]:
    eraser = Eraser("request", names, {})
    cleaned_request(request, eraser)
    return ((value, name, place) for value, (name, place) in eraser.taken.items())


def _sent(request: HttpRequest, names: SecretNames) -> Iterator[tuple[str, str]]:
    for value, name, place in _taken(request, names):
        if name in _AUTHORIZATION or name == "userinfo":
            yield from named(name, _credentials(value)).items()
        elif not is_ordinary(value):
            yield value, f"{name} of a request" if place.text != "header.cookie" else f"the cookie {name}"


def _credentials(value: str) -> Iterator[str]:
    """Credentials as they were sent, and the user with the password, and the password, that Basic packs into base64."""
    yield value
    try:
        pair = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        pair = value
    if ":" in pair:
        yield pair
        yield pair.partition(":")[2]
