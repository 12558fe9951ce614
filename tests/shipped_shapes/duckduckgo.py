"""What a reply of DuckDuckGo's instant-answer endpoint looks like."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from shipped_shapes.reading import (
    Rule,
    Shipped,
    compact_json,
    unwanted,
    wanted,
    with_status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = """
    Abstract AbstractSource AbstractText AbstractURL Answer AnswerType Definition DefinitionSource DefinitionURL Entity
    Heading Image ImageHeight ImageIsLogo ImageWidth Infobox Redirect RelatedTopics Results Type meta
"""
ALWAYS = {*_NAMES.split()}
WITH_INFOBOX = {"OfficialDomain", "OfficialWebsite"}
STRUCTURED = {"Answer", "ImageHeight", "ImageIsLogo", "ImageWidth", "Infobox", "RelatedTopics", "Results", "meta"}
ITEM = ["FirstURL", "Icon", "Result", "Text"]


def headers(it: Shipped) -> Iterator[str]:
    """application/x-javascript without a charset, fresh for one second, counted as one result even where it is empty."""
    yield from wanted(
        it,
        content_type="application/x-javascript",
        cache_control="max-age=1",
        access_control_allow_origin="*",
        x_duckduckgo_results="1",
        x_duckduckgo_locale="en_US",
        x_robots_tag="noindex",
        server="nginx",
    )
    yield from unwanted(it, "retry-after", "content-length")
    if parsedate_to_datetime(it.header("expires") or "") != it.date + timedelta(seconds=1):
        yield "expires is not one second after date"


def asked(it: Shipped) -> Iterator[str]:
    """The request is told by q and format alone: no_html, skip_disambig and t are not compared."""
    if it.interaction["match"] != {"query": ["q", "format"]} or not it.url.endswith("&format=json"):
        yield it.url


def keys(it: Shipped) -> Iterator[str]:
    """The 21 keys are all there, the two of the official site only with an Infobox; in order of the alphabet, meta last."""
    expected = ALWAYS | (WITH_INFOBOX if it.data["Infobox"] else set())
    if {*it.data} != expected or len(ALWAYS) != 21:
        yield f"{sorted({*it.data} ^ expected)}"
    if [*it.data] != sorted(it.data):
        yield "not alphabetical"


def texts(it: Shipped) -> Iterator[str]:
    """Every other field is a string; Abstract equals AbstractText; Redirect and the definitions are empty."""
    yield from (f"{key}: {value!r}" for key, value in it.data.items() if key not in STRUCTURED and not isinstance(value, str))
    if it.data["Abstract"] != it.data["AbstractText"]:
        yield "Abstract differs from AbstractText"
    for key in ("Redirect", "Definition", "DefinitionSource", "DefinitionURL"):
        if it.data[key] != "":
            yield f"{key}: {it.data[key]!r}"


def items_of(it: Shipped) -> Iterator[dict[str, Any]]:
    """Results, plain related topics, and those inside groups."""
    for topic in it.data["RelatedTopics"] + it.data["Results"]:
        yield from topic.get("Topics", [topic])


def items(it: Shipped) -> Iterator[str]:
    """An item has four keys; its Result is a link and text, its icon's size an int or an empty string, its picture a path."""
    for item in items_of(it):
        icon = item["Icon"]
        if [*item] != ITEM or [*icon] != ["Height", "URL", "Width"]:
            yield f"{[*item]}, {[*icon]}"
        if not item["Result"].startswith(f'<a href="{item["FirstURL"]}">'):
            yield f"Result: {item['Result']}"
        if any(type(icon[side]) is not int and icon[side] != "" for side in ("Height", "Width")):
            yield f"Icon: {icon}"
        if icon["URL"] and not icon["URL"].startswith("/i/"):
            yield f"Icon: {icon}"


def groups_last(it: Shipped) -> Iterator[str]:
    """A group has a Name and Topics and no Text, and comes after every plain item."""
    kinds = [tuple(topic) for topic in it.data["RelatedTopics"]]
    if any(kind not in {tuple(ITEM), ("Name", "Topics")} for kind in kinds):
        yield f"{kinds}"
    if [kind == ("Name", "Topics") for kind in kinds] != sorted(kind == ("Name", "Topics") for kind in kinds):
        yield "a plain item after a group"


def wikipedia(kind: str, *, groups: bool) -> Rule:
    def rule(it: Shipped) -> Iterator[str]:
        data = it.data
        if (data["Type"], data["AbstractSource"], data["meta"]["id"]) != (kind, "Wikipedia", "wikipedia_fathead"):
            yield f"{data['Type']}, {data['AbstractSource']}, {data['meta']['id']}"
        if not data["Heading"] or not data["AbstractURL"].startswith("https://en.wikipedia.org/wiki/"):
            yield f"{data['Heading']}, {data['AbstractURL']}"
        sizes = [data[key] for key in ("ImageHeight", "ImageIsLogo", "ImageWidth")]
        if any(type(size) is not int for size in sizes) or bool(data["Image"]) != bool(sizes[0]):
            yield f"image sizes: {sizes}"
        if any("Topics" in topic for topic in data["RelatedTopics"]) != groups:
            yield "groups"

    rule.__doc__ = (
        f"Type {kind} comes from Wikipedia, has a heading, image sizes as numbers, and {'' if groups else 'no '}groups."
    )
    rule.__name__ = "wikipedia"
    return rule


def article(it: Shipped) -> Iterator[str]:
    """An article has an abstract, one or two official sites, and an Infobox whose values are strings, objects and lists."""
    box = it.data["Infobox"]
    if not it.data["Abstract"] or len(it.data["Results"]) not in {1, 2}:
        yield "no abstract or no official site"
    if [*box] != ["content", "meta"]:
        yield f"{[*box]}"
    for row in box["content"]:
        if {*row} - {"sort_order"} != {"data_type", "label", "value", "wiki_order"}:
            yield f"{[*row]}"
    if {type(row["value"]) for row in box["content"]} != {str, dict, list}:
        yield "the values do not show all three types"
    if {type(row["wiki_order"]) for row in box["content"]} != {int, str}:
        yield "wiki_order does not show both types"


def without_article(it: Shipped) -> Iterator[str]:
    """Anything but an article has no abstract, no entity, no official site and an empty string for its Infobox."""
    if [it.data[key] for key in ("Abstract", "Entity", "Infobox", "Results")] != ["", "", "", []]:
        yield "a field of an article is filled"


def text_joined_by(join: str) -> Rule:
    def rule(it: Shipped) -> Iterator[str]:
        for item in items_of(it):
            label = item["Result"].split(">", 1)[1].split("</a>")[0]
            if not item["Text"].startswith(label + join) or item["Text"].startswith(label + " - ") != (join == " - "):
                yield item["Text"]

    rule.__doc__ = f"Name and description are joined by {join!r} in Text."
    rule.__name__ = "text"
    return rule


def placeholder(it: Shipped) -> Iterator[str]:
    """Where Wikipedia has nothing, meta is a placeholder object, and the image sizes are empty strings."""
    meta = it.data["meta"]
    if (meta["id"], meta["name"], meta["src_domain"]) != ("just_another_test", "Just Another Test", "how about there"):
        yield f"{meta['id']}"
    if [it.data[key] for key in ("ImageHeight", "ImageIsLogo", "ImageWidth", "Heading", "AbstractSource")] != [""] * 5:
        yield "a field is filled"


def nothing_found(it: Shipped) -> Iterator[str]:
    """An empty result has no answer and no type, and 1252 bytes."""
    if [it.data[key] for key in ("Answer", "AnswerType", "Type", "RelatedTopics")] != ["", "", "", []] or len(it.body) != 1252:
        yield f"{len(it.body)} bytes"


def answer_object(it: Shipped) -> Iterator[str]:
    """A calculator's Answer is an object, its result an empty string: a script in the page computes it."""
    answer = it.data["Answer"]
    if (answer["from"], answer["id"], answer["result"], it.data["AnswerType"]) != (
        "calculator",
        "calculator",
        "",
        "calculator",
    ):
        yield f"{answer}"


DDG = (with_status(200), headers, asked, compact_json, keys, texts, items, groups_last)
RULES: dict[str, tuple[Rule, ...]] = {
    "duckduckgo/nvidia": (*DDG, wikipedia("A", groups=False), article),
    "duckduckgo/mercury": (*DDG, wikipedia("D", groups=True), without_article, text_joined_by(" ")),
    "duckduckgo/semiconductor-companies": (*DDG, wikipedia("C", groups=False), without_article, text_joined_by(" - ")),
    "duckduckgo/empty": (*DDG, placeholder, without_article, nothing_found),
    "duckduckgo/calculator": (*DDG, placeholder, without_article, answer_object),
}
