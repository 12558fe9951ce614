"""The rows of the table: each question is a name, a group, and one sentence that a program answers with yes, no or a count."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One row: how the table calls it, and what exactly is asked."""

    title: str
    sentence: str


QUESTIONS = {
    "invalid_requests": Question(
        "invalid requests rejected",
        "Of the 23 requests that the API answers with 400, how many are rejected? The valid one must pass.",
    ),
    "broken_history": Question(
        "a call without its answer is noticed",
        "The messages hold a call of an earlier turn that nobody answered, in the double's own types: is there an error?",
    ),
    "exhausted": Question(
        "script runs out: the test fails", "A script of one turn is asked twice, and nobody catches the error: is the test red?"
    ),
    "exhausted_and_swallowed": Question(
        "... even if the agent swallows the error", "The same, with the second request in try/except: is the test still red?"
    ),
    "left_over": Question("turns left over: the test fails", "A script of two turns is asked once: is the test red?"),
    "script_checked_against_tools": Question(
        "scripted calls checked",
        "A call is scripted of a tool that is not on offer, with arguments that its schema refuses, under tool_choice='none': "
        "how many of these three mistakes are told?",
    ),
    "fault_then_retry": Question(
        "a 429 is spent on the attempt that meets it",
        "A 429, then FIRST, then SECOND are scripted: does the retry get FIRST, and the next request SECOND?",
    ),
    "broken_delivery_served_again": Question(
        "a broken reply is served again to the retry",
        "The reply FIRST breaks while it is delivered, SECOND follows: does the same request, sent again, get FIRST?",
    ),
    "streamed_calls": Question(
        "two calls streamed with correct deltas",
        "Two parallel calls are streamed: has each its index, its id and name once, and its arguments in more than one piece?",
    ),
    "usage_chunk": Question(
        "include_usage gives a usage chunk",
        "Does stream_options.include_usage end the stream with a chunk that has usage and no choices?",
    ),
    "usage": Question("replies carry usage", "Has a reply token counts that are not zero and add up, without being told?"),
    "per_agent": Question(
        "a script for each agent",
        "Two agents have a turn each, and the second asks first: does each get its own, by whatever means?",
    ),
    "agents_of_one_double": Question(
        "... from one double",
        "The same, where both agents share one server, mock or object and the model's name, and no function is written for it.",
    ),
    "chosen": Question(
        "turns chosen by what is asked",
        "A turn is for requests about prices, another for requests about news: can that be said without a function?",
    ),
    "references": Question(
        "arguments from earlier results",
        "Can a scripted call take an argument from an earlier tool's result, without a function written for it?",
    ),
    "legacy_functions": Question(
        "legacy function_call", "Is a request with functions answered with a function_call, and not with tool_calls?"
    ),
    "rate_limit_with_retry_after": Question(
        "429 with Retry-After", "Can a 429 be scripted whose Retry-After reaches the client as its header?"
    ),
    "malformed_arguments": Question("malformed arguments", "Can a call be scripted whose arguments are not JSON?"),
    "truncated_by_length": Question(
        "truncated call, finish_reason length", "Can a call be scripted that is cut off, with the finish_reason length?"
    ),
    "refusal": Question("refusal", "Can a refusal be scripted that arrives in message.refusal?"),
    "content_filter": Question("content_filter", "Can a reply be scripted with the finish_reason content_filter?"),
    "break_in_the_stream": Question(
        "stream that breaks off", "Can a stream be scripted that breaks off after its first pieces, as an error for the client?"
    ),
    "snapshots": Question(
        "requests kept as they were",
        "Two requests share one list of messages that grows: does the log of the double show the first as it was?",
    ),
    "openai_3": Question("works with openai 3.x", "Does a client of the openai package 3.x get the scripted reply?"),
    "responses_api": Question(
        "the Responses API", "Does client.responses.create get the scripted reply, from the same kind of script?"
    ),
    "judges_the_client": Question(
        "judges how a client met a fault",
        "A client that asks again at once, though told to wait by Retry-After: does the double say so?",
    ),
    "answers_without_a_script": Question(
        "calls tools without a script", "With no script at all, is a tool on offer called with arguments that fit its schema?"
    ),
    "other_apis": Question("other APIs than OpenAI's", "Is a request of Anthropic's messages API answered as Anthropic would?"),
}
