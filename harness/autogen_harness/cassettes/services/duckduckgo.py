"""``harness.http.duckduckgo``: instant answers, queued without a file. Always ``application/x-javascript``, as real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, urlsplit

from autogen_harness.cassettes.services.templates import Now, Queue, data_of, filled, http_date, template
from autogen_harness.errors import UsageError, must_be_text

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.cassettes.services.templates import How

Topics = Mapping[str, str] | Sequence["str | tuple[str, str]"]
"""Names with their descriptions: a mapping, or a sequence of pairs or of bare names."""

OBJECTS = ("calculator", "currency", "stopwatch", "unit")
"""Kinds of answer that come as an object, whose result a script in the page computes."""


class DuckDuckGo:
    """Queues instant answers; each method returns what it queued.

    The request is told by ``q`` and ``format`` alone. What a test does not give is that of a shipped cassette, or empty.
    ``times``, ``optional`` and ``fault`` are those of ``harness.http.play``.
    """

    def __init__(self, queue: Queue, now: Now) -> None:
        self._queue, self._now = queue, now

    def article(
        self,
        query: str,
        *,
        text: str,
        heading: str | None = None,
        url: str | None = None,
        entity: str = "",
        image: str = "",
        site: str | None = None,
        facts: Mapping[str, Any] | None = None,
        categories: Sequence[str] = (),
        **how: Unpack[How],
    ) -> Interaction:
        """An article (Type A).

        Args:
            query: what is asked for.
            text: the abstract.
            heading: its title; by default the query.
            url: of the article; by default Wikipedia's of that title.
            entity: such as ``"company"``.
            image: a path such as ``"/i/5f0c2d7e.png"``.
            site: URL of the official site; comes as a result and, with facts, as OfficialWebsite.
            facts: the Infobox: labels with a text, a list or an object. None of them: no Infobox, as one article in four.
            categories: names of related topics.
            how: ``times``, ``optional``, ``fault``.
        """
        title = heading or query
        fields = {
            "Abstract": text,
            "AbstractText": text,
            "AbstractURL": url or _wikipedia(title),
            "Entity": entity,
            "Heading": title,
            "Image": image,
            "RelatedTopics": [_item(name, "", "", f"https://duckduckgo.com/c/{_path(name)}") for name in categories],
            "Results": [_official(title, site)] if site else [],
            **_picture(image),
            **_infobox(title, site, facts or {}),
        }
        return self._put("article", "nvidia", query, fields, how)

    def disambiguation(
        self, query: str, *, topics: Topics, groups: Mapping[str, Topics] | None = None, **how: Unpack[How]
    ) -> Interaction:
        """A word of several meanings (Type D).

        Args:
            query: the word.
            topics: its meanings.
            groups: further ones under headings, which come behind; a group can be empty.
            how: ``times``, ``optional``, ``fault``.
        """
        plain = _items(topics, " ", "")
        grouped = [{"Name": name, "Topics": _items(inside, " ", "")} for name, inside in (groups or {}).items()]
        fields = {"AbstractURL": _wikipedia(query), "Heading": query, "RelatedTopics": [*plain, *grouped]}
        return self._put("disambiguation", "mercury", query, fields, how)

    def category(self, query: str, *, topics: Topics, heading: str | None = None, **how: Unpack[How]) -> Interaction:
        """A category (Type C): its members, each with a description behind a dash. ``heading`` is by default the query."""
        title = heading or query
        fields = {
            "AbstractURL": _wikipedia(f"Category:{title}"),
            "Heading": title,
            "RelatedTopics": _items(topics, " - ", " - "),
        }
        return self._put("category", "semiconductor-companies", query, fields, how)

    def answer(self, query: str, answer: str = "", *, kind: str = "calculator", **how: Unpack[How]) -> Interaction:
        """An instant answer, without a type.

        Args:
            query: what is asked for.
            answer: the answer; empty for a calculator, as a script in the page computes it.
            kind: AnswerType. One of :data:`OBJECTS` answers with an object, others, such as ``"ip"``, with a text.
            how: ``times``, ``optional``, ``fault``.
        """
        fields: dict[str, Any] = {"AnswerType": kind, "Answer": answer}
        if kind in OBJECTS:
            shipped = data_of(template("duckduckgo/calculator"))["Answer"]
            fields["Answer"] = shipped | {"from": kind, "id": kind, "name": kind.capitalize(), "result": answer}
        return self._put("answer", "calculator", query, fields, how)

    def empty(self, query: str, **how: Unpack[How]) -> Interaction:
        """Nothing found: status 200, every field empty, a placeholder in ``meta``."""
        return self._put("empty", "empty", query, {}, how)

    def _put(self, verb: str, name: str, query: str, fields: Mapping[str, Any], how: How) -> Interaction:
        must_be_text(query, "the query", '"NVIDIA"')
        one = template(f"duckduckgo/{name}")
        absent = [key for key in ("OfficialDomain", "OfficialWebsite") if "Infobox" in fields and key not in fields]
        body = {key: value for key, value in (data_of(one) | fields).items() if key not in absent}
        at = self._now()
        dates = {} if at is None else {"date": http_date(at), "expires": http_date(at + 1)}
        made = filled(one, f"https://api.duckduckgo.com/?q={quote_plus(query)}&format=json", body, dates)
        more = "" if verb in ("empty", "answer") else ", ..."
        call = f"harness.http.duckduckgo.{verb}({_literal(query)}{more})"
        self._queue(f"duckduckgo.{verb} {query}", made, call=call, **how)
        return made


def _literal(query: str) -> str:
    return f'"{query}"' if '"' not in query else repr(query)


def _path(name: str) -> str:
    return quote(name.replace(" ", "_"), safe="()'")


def _wikipedia(title: str) -> str:
    return f"https://en.wikipedia.org/wiki/{quote(title.replace(' ', '_'), safe=':()')}"


def _items(topics: Topics, join: str, shown: str) -> list[dict[str, Any]]:
    """Topics as items, whose Text joins name and description by ``join`` and whose Result does by ``shown``."""
    pairs = topics.items() if isinstance(topics, Mapping) else [(one, "") if isinstance(one, str) else one for one in topics]
    if isinstance(topics, str):
        raise UsageError(f"topics={topics!r}: write a list of names, or a mapping of names to descriptions")
    return [
        _item(name, f"{join}{text}" if text else join.rstrip(), f"{shown}{text}", f"https://duckduckgo.com/{_path(name)}")
        for name, text in pairs
    ]


def _item(name: str, text: str, shown: str, url: str) -> dict[str, Any]:
    icon = {"Height": "", "URL": "", "Width": ""}
    return {"FirstURL": url, "Icon": icon, "Result": f'<a href="{url}">{name}</a>{shown}', "Text": f"{name}{text}"}


def _official(title: str, site: str) -> dict[str, Any]:
    icon = {"Height": 16, "URL": f"/i/{_domain(site)}.ico", "Width": 16}
    result = f'<a href="{site}">Official site</a><a href="{site}"> - {title}</a>'
    return {"FirstURL": site, "Icon": icon, "Result": result, "Text": f"Official site - {title}"}


def _domain(site: str) -> str:
    return (urlsplit(site).hostname or "").removeprefix("www.")


def _picture(image: str) -> dict[str, int]:
    """Sizes are numbers, 0 where there is no image."""
    return {"ImageHeight": 180, "ImageIsLogo": 1, "ImageWidth": 920} if image else dict.fromkeys(_SIZES, 0)


_SIZES = ("ImageHeight", "ImageIsLogo", "ImageWidth")


def _infobox(title: str, site: str | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The Infobox and what comes with it only; an empty text where there are no facts."""
    if not facts:
        return {"Infobox": ""}
    rows = [_row(number, label, value) for number, (label, value) in enumerate(facts.items())]
    about = {"article_title": title, "template_name": "infobox"}
    meta = [{"data_type": "string", "label": label, "value": value} for label, value in about.items()]
    url = site or ""
    return {"Infobox": {"content": rows, "meta": meta}, "OfficialDomain": _domain(url), "OfficialWebsite": url}


def _row(number: int, label: str, value: Any) -> dict[str, Any]:
    """A row from the article has a number, one from Wikidata (a list or an object) its number as text, and no sort order."""
    if isinstance(value, str):
        return {"data_type": "string", "label": label, "sort_order": str(1000 + number), "value": value, "wiki_order": number}
    kind = "wikidata_aliases" if isinstance(value, list) else "instance"
    return {"data_type": kind, "label": label, "value": value, "wiki_order": str(200 + number)}
