"""What the receivers of webhooks answer."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from shipped_shapes.reading import (
    Rule,
    Shipped,
    bytes_of,
    compact_json,
    shipped,
    unwanted,
    wanted,
    with_body,
    with_status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ECHO = ["args", "data", "files", "form", "headers", "json", "origin", "url"]


def any_post(it: Shipped) -> Iterator[str]:
    """A receiver is told by POST, host and path; it takes any body."""
    if it.interaction["request"]["method"] != "POST" or it.interaction["match"].get("body") != "any":
        yield "not a POST with any body"


def varying_path(it: Shipped) -> Iterator[str]:
    """The ids in the path are the user's own, so the path is a pattern."""
    if it.interaction["match"].get("path") is None:
        yield "no path pattern"


def slack_headers(it: Shipped) -> Iterator[str]:
    """Slack answers text/html, never text/plain and never JSON, in success and in error."""
    yield from wanted(it, content_type="text/html", server="Apache", x_slack_backend="r", referrer_policy="no-referrer")
    yield from wanted(it, vary="Accept-Encoding", x_frame_options="SAMEORIGIN", content_length=str(len(it.body)))


def nothing_sent(it: Shipped) -> Iterator[str]:
    """A 204 has no body, no content-length and no content type."""
    if it.body or "body" in it.interaction["outcome"]["response"]:
        yield "there is a body"
    yield from unwanted(it, "content-length", "content-type")


def discord_hosts(it: Shipped) -> Iterator[str]:
    """Discord answers under both of its domains, and only without wait=true (which would return the message)."""
    if it.interaction["match"]["hosts"] != ["discord.com", "discordapp.com"] or it.interaction["match"]["query"] != ["wait"]:
        yield f"{it.interaction['match']}"


def discord_limit(it: Shipped) -> Iterator[str]:
    """retry_after is a float of seconds; Retry-After is the same, rounded up; the six X-RateLimit headers agree with it."""
    data: dict[str, Any] = it.data
    wait = data["retry_after"]
    if data != {"message": "You are being rate limited.", "retry_after": wait, "global": False} or type(wait) is not float:
        yield f"{data}"
    yield from wanted(it, content_type="application/json", retry_after=str(ceil(wait)), x_ratelimit_reset_after=str(wait))
    yield from wanted(it, x_ratelimit_limit="5", x_ratelimit_remaining="0", x_ratelimit_scope="user")
    yield from wanted(it, x_ratelimit_reset=f"{it.date.timestamp() + wait:.2f}")
    if not it.header("x-ratelimit-bucket"):
        yield "no bucket"


def github_errors(it: Shipped) -> Iterator[str]:
    """GitHub's 422 says Validation Failed and lists what failed."""
    yield from json_reply(it)
    if it.data["message"] != "Validation Failed" or not it.data["errors"] or not it.data["documentation_url"]:
        yield f"{it.data}"


def json_reply(it: Shipped) -> Iterator[str]:
    """The reply is JSON in UTF-8, and its length is told."""
    yield from wanted(it, content_type="application/json; charset=utf-8", content_length=str(len(it.body)))


def echo(it: Shipped) -> Iterator[str]:
    """httpbin returns eight keys: data is the raw body of the request in this file, json the parsed one."""
    yield from wanted(it, content_type="application/json")
    sent = it.interaction["request"]["body"]
    if [*it.data] != ECHO or (it.data["data"], it.data["json"]) != (bytes_of(sent).decode(), sent["json"]):
        yield f"{it.data}"
    if it.data["url"] != it.url:
        yield f"{it.data['url']} instead of {it.url}"


def redirects_to_a_shipped_receiver(it: Shipped) -> Iterator[str]:
    """The target of the redirect is what webhook/accepted answers."""
    yield from wanted(it, location=shipped("webhook/accepted").url, content_length="0")


def webhook_site(it: Shipped) -> Iterator[str]:
    """webhook.site shows the page of an endpoint without settings, 156 bytes, with the endpoint's own id in the link."""
    yield from wanted(it, content_type="text/html", content_length="156")
    token = it.url.rsplit("/", 1)[1]
    text = "This URL has no default content configured. "
    link = f'<a href="https://webhook.site/#!/edit/{token}">Change response in Webhook.site</a>.'
    if it.body.decode() != text + link:
        yield f"{it.body!r}"


def slack(status: int, word: str) -> tuple[Rule, ...]:
    return (any_post, varying_path, slack_headers, with_status(status), with_body(word))


DISCORD = (any_post, varying_path, discord_hosts)
GITHUB = (any_post, varying_path)
RULES: dict[str, tuple[Rule, ...]] = {
    "webhook/slack-ok": slack(200, "ok"),
    "webhook/slack-invalid-payload": slack(400, "invalid_payload"),
    "webhook/slack-invalid-blocks": slack(400, "invalid_blocks"),
    "webhook/slack-user-not-found": slack(400, "user_not_found"),
    "webhook/slack-action-prohibited": slack(403, "action_prohibited"),
    "webhook/slack-channel-not-found": slack(404, "channel_not_found"),
    "webhook/slack-channel-is-archived": slack(410, "channel_is_archived"),
    "webhook/slack-rollup-error": slack(500, "rollup_error"),
    "webhook/discord-ok": (*DISCORD, with_status(204), nothing_sent),
    "webhook/discord-rate-limited": (*DISCORD, with_status(429), compact_json, discord_limit),
    "webhook/github-ok": (*GITHUB, with_status(204), nothing_sent),
    "webhook/github-validation-failed": (*GITHUB, with_status(422), compact_json, github_errors),
    "webhook/httpbin-echo": (any_post, with_status(200), echo),
    "webhook/created": (any_post, with_status(201), compact_json, json_reply),
    "webhook/accepted": (any_post, with_status(202), compact_json, json_reply, with_body("{}")),
    "webhook/redirect": (any_post, with_status(307), redirects_to_a_shipped_receiver, with_body("")),
    "webhook/webhook-site-default": (any_post, varying_path, with_status(200), webhook_site),
}
