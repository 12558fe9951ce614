"""Declared faults: the API fails, the answer is wrong, or it does not arrive. ``fail(429)``, ``fail.malformed_json(...)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

from autogen_harness.errors import UsageError, must_be_text
from autogen_harness.llm.replies import Break, Reply
from autogen_harness.llm.turns.flaws import FLAWS
from autogen_harness.llm.turns.turn import Call, Calls, Fail, Say, Turn, call, calls
from autogen_harness.wording import did_you_mean

T = TypeVar("T", bound=Turn)

_ENDINGS = ("reset", "error", "stall")


class _Failing:
    """``fail(429)``, and every fault that has a name: ``fail.timeout()``, ``fail.malformed_json("tool", x=1)``.

    Those that take a tool take its arguments as ``call`` does, by keyword or as a mapping, and give a call: it can be
    bound with ``.by()``, be meant to raise with ``.raises()``, and stand inside ``calls(...)``.
    """

    # -- the API answers with an error, or not at all ----------------------------------------------------------------------

    def __call__(
        self, status: int, *, message: str | None = None, code: str | None = None, retry_after: float | None = None
    ) -> Fail:
        """The API answers with an HTTP error status.

        Args:
            status: 400 to 599.
            message: the error's text; a default names the status.
            code: the error's ``code`` field.
            retry_after: seconds for the ``Retry-After`` header.

        Raises:
            UsageError: the status is not an error.
        """
        if not 400 <= status <= 599:
            message = f"fail({status}): a failure has a status from 400 to 599; for an answer use say(...) or call(...)"
            raise UsageError(message)
        message = message or f"Error code: {status} - scripted by the test"
        kind = "server_error" if status >= 500 else "requests" if status == 429 else "invalid_request_error"
        return Fail("status", status, message, code, retry_after, type=kind)

    def rate_limit(self, *, retry_after: float | None = None) -> Fail:
        """Status 429, with the body that the API sends when too many tokens are used in a minute.

        Args:
            retry_after: seconds for the ``Retry-After`` header, and in the text.
        """
        message = (
            "Rate limit reached for gpt-4o in organization org-scripted on tokens per min (TPM): Limit 30000, Used 28039, "
            f"Requested 3906. Please try again in {3.89 if retry_after is None else retry_after:g}s. "
            "Visit https://platform.openai.com/account/rate-limits to learn more."
        )
        return Fail("status", 429, message, "rate_limit_exceeded", retry_after, type="tokens", name="rate_limit")

    def server_error(self, status: int = 500) -> Fail:
        """A status from 500 to 599, with the body of a server's error.

        Raises:
            UsageError: the status is not a server's error.
        """
        if not 500 <= status <= 599:
            message = (
                f"fail.server_error({status}): a server's error has a status from 500 to 599; for others write fail({status})"
            )
            raise UsageError(message)
        message = "The server had an error while processing your request. Sorry about that!"
        return Fail("status", status, message, type="server_error", name=f"server_error {status}")

    def context_length(self) -> Fail:
        """Status 400: the messages are longer than the model's context."""
        message = (
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 130012 tokens. "
            "Please reduce the length of the messages."
        )
        code, kind = "context_length_exceeded", "invalid_request_error"
        return Fail("status", 400, message, code, param="messages", type=kind, name="context_length")

    def prompt_filtered(self) -> Fail:
        """Status 400: Azure's content filter refuses the prompt. An answer that is cut by one is ``content_filter``."""
        message = (
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
            "Please modify your prompt and retry. To learn more about our content filtering policies please read our "
            "documentation: https://go.microsoft.com/fwlink/?linkid=2198766"
        )
        return Fail("status", 400, message, "content_filter", param="prompt", name="prompt_filtered")

    def timeout(self) -> Fail:
        """The API does not answer in time."""
        return Fail("timeout", message="Request timed out.", name="timeout")

    def connection_reset(self) -> Fail:
        """The connection breaks before an answer."""
        return Fail("connection", message="Connection error.", name="connection_reset")

    def broken_delivery(self, turn: T, *, after: int = 2, how: Literal["reset", "error", "stall"] = "reset") -> T:
        """The answer breaks off on its way. The same answer is served again, whole, when the agent asks the same again.

        Args:
            turn: the answer: ``call(...)``, ``calls(...)``, ``say(...)``, or one with a flaw.
            after: how many chunks of a stream arrive; of an answer that is not streamed nothing does.
            how: the connection is ``"reset"``, the server sends an ``"error"`` (an event of the stream, else status 500), or
                nothing more comes (``"stall"``), until the client's time is out.

        Raises:
            UsageError: the turn is an error already, or an argument is none of these.
        """
        if isinstance(turn, Fail) or not isinstance(turn, Turn):
            message = f"fail.broken_delivery(...) takes an answer, such as say(...) or call(...), not {turn}"
            raise UsageError(message)
        if how not in _ENDINGS:
            message = f"fail.broken_delivery(..., how={how!r}): a delivery ends by {', '.join(map(repr, _ENDINGS))}"
            raise UsageError(message)
        if after < 0:
            message = f"fail.broken_delivery(..., after={after}): the number of chunks that arrive is 0 or more"
            raise UsageError(message)
        return replace(turn, broken=Break(after, how))

    # -- the model calls a tool, wrongly -----------------------------------------------------------------------------------

    def hallucinated_tool(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
        """The model calls a tool that nobody offered it."""
        return _flawed("hallucinated_tool", call(tool, arguments, **kwargs))

    def malformed_json(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
        """The arguments are no JSON: a comma stands before the last brace. Without arguments plausible ones are taken."""
        return _flawed("malformed_json", call(tool, arguments, **kwargs))

    def truncated_json(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
        """The arguments end in their midst, with ``finish_reason`` ``length``. Without arguments plausible ones are taken."""
        return _flawed("truncated_json", call(tool, arguments, **kwargs))

    def wrong_types(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
        """The arguments have names that the tool's schema knows, and a value that it refuses."""
        return _flawed("wrong_types", call(tool, arguments, **kwargs))

    def missing_argument(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
        """An argument that the tool's schema requires is not among these."""
        return _flawed("missing_argument", call(tool, arguments, **kwargs))

    def extra_argument(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
        """One of these arguments has a name that the tool's schema does not know."""
        return _flawed("extra_argument", call(tool, arguments, **kwargs))

    def null_arguments(self, tool: str) -> Call:
        """The arguments are the JSON text ``null``. Classic AutoGen crashes on it, and the error comes out of the chat."""
        return _flawed("null_arguments", call(tool))

    def empty_arguments(self, tool: str) -> Call:
        """The arguments are the empty text, in place of ``{}``."""
        return _flawed("empty_arguments", call(tool))

    def long_call_id(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Call:
        """The id of the call has 64 characters. The API takes at most 40 back, so it refuses the agent's next request."""
        return _flawed("long_call_id", call(tool, arguments, **kwargs))

    def duplicate_call_id(self, *turns: Call) -> Calls:
        """The model makes two or more calls under one id.

        Raises:
            UsageError: there are fewer than two, or something is no call.
        """
        if len(turns) < 2:
            message = "fail.duplicate_call_id(...) takes two calls or more: fail.duplicate_call_id(call(...), call(...))"
            raise UsageError(message)
        return _flawed("duplicate_call_id", calls(*turns))

    # -- the model answers with text, wrongly ------------------------------------------------------------------------------

    def call_in_text(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> Say:
        """The model writes the call as JSON into its text, and calls nothing."""
        made = call(tool, arguments, **kwargs)
        return _flawed("call_in_text", Say(({"name": made.tool, "arguments": made.arguments},)))

    def refusal(self, text: str) -> Say:
        """The model refuses: the content is null and the reason stands in the field ``refusal``."""
        must_be_text(text, "the reason of fail.refusal(...)", 'fail.refusal("I cannot help with that.")')
        return _flawed("refusal", Say((text,)))

    def content_filter(self, text: str = "") -> Say:
        """A filter cuts the answer off after ``text``, with ``finish_reason`` ``content_filter``."""
        must_be_text(text, "the text of fail.content_filter(...)", 'fail.content_filter("The first words")')
        return _flawed("content_filter", Say((text,) if text else ()))

    def empty_reply(self) -> Say:
        """The model says nothing: the content is the empty text, and there is no call."""
        return _flawed("empty_reply", Say(()))

    def __repr__(self) -> str:
        return "fail"

    if not TYPE_CHECKING:  # a type checker finds a misspelt fault by itself

        def __getattr__(self, name: str) -> NoReturn:
            __tracebackhide__ = True
            known = [one for one in dir(type(self)) if not one.startswith("_")]
            message = f"there is no fault fail.{name}; {did_you_mean(name, known) or 'the faults are ' + ', '.join(known)}"
            raise AttributeError(message)


def _flawed(name: str, turn: T) -> T:
    return replace(turn, flaw=FLAWS[name])


_IN_PLACE_OF = {"reset": _Failing().connection_reset(), "stall": _Failing().timeout(), "error": _Failing().server_error()}


def arrived(answer: Reply | Fail) -> Reply | Fail:
    """What a client gets that waits for a whole answer: a failure, if the delivery breaks off."""
    return _IN_PLACE_OF[answer.broken.how] if isinstance(answer, Reply) and answer.broken else answer


fail = _Failing()
"""The API or the model fails, as the test says: ``fail(429)``, ``fail.timeout()``, ``fail.malformed_json("tool", x=1)``."""
