"""What programs do with requests and urllib3, each as a function of the origin's URL. Knows nothing of who answers."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
import warnings

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry, Timeout

with socket.create_server(("127.0.0.1", 0)) as _taken:
    NOBODY = f"http://127.0.0.1:{_taken.getsockname()[1]}"
UNKNOWN = "http://no-such-host.invalid/"
SHORT = 0.15
PARTS = urllib3.encode_multipart_formdata({"f": ("f.txt", b"x"), "n": "1"}, boundary="between")


def session(**attributes):
    made = requests.Session()
    made.trust_env = False
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def of(path, look, method="GET", **options):
    """A probe that looks at one answer; options that are functions are called for each request."""

    def ask(url):
        made = {name: value() if callable(value) else value for name, value in options.items()}
        return look(session().request(method, url + path, **{"timeout": 5, "allow_redirects": True, **made}))

    return ask


def with_retry(path, look=lambda a: a.status_code, method="GET", **policy):
    """A probe whose session retries as urllib3 does."""

    def ask(url):
        one = session()
        one.mount("http://", HTTPAdapter(max_retries=Retry(**{"backoff_factor": 0.01, **policy})))
        return look(one.request(method, url + path, timeout=policy.get("timeout", SHORT)))

    return ask


def by_pool(path, look, method="GET", pool=None, **options):
    """A probe that asks by urllib3 itself."""

    def ask(url):
        with urllib3.PoolManager(**(pool or {})) as manager:
            return look(manager.request(method, url + path, **{"timeout": 5.0, **options}))

    return ask


def line(answer):
    return answer.status_code, answer.reason, answer.ok, answer.raw.version, answer.request.method


def texts(answer):
    return answer.encoding, answer.apparent_encoding, answer.text, answer.content


def heads(answer):
    return list(answer.headers.items()), answer.headers.get("X-MISSING"), type(answer.headers).__name__


def chain(answer):
    history = [(one.status_code, one.url.rpartition("/")[2], one.is_redirect) for one in answer.history]
    return history, answer.url.rpartition("/")[2], answer.request.method, answer.request.body, answer.text


def original(answer):
    first = answer.raw._original_response
    return first.status, first.reason, first.version, first.getheaders(), first.isclosed(), first.will_close, str(first.msg)


def pieces(size):
    return lambda answer: [len(piece) for piece in answer.iter_content(size)]


def raw_reads(answer):
    raw = answer.raw
    return (
        raw.read(10),
        raw.tell(),
        raw.read1(5),
        raw.length_remaining,
        raw.read(decode_content=True)[-4:],
        raw.closed,
        raw.read(),
    )


def released(answer):
    before = answer.raw._connection is None
    answer.content  # noqa: B018 - reading it gives the connection back
    return before, answer.raw._connection is None, answer.raw.isclosed(), answer.raw.closed


def closed_early(answer):
    first = next(answer.iter_content(3))
    answer.close()
    return first, answer.raw.closed


def consumed(answer):
    list(answer.iter_content(100))
    return answer.content


def jar(path):
    def ask(url):
        one = session()
        one.get(url + path, timeout=5)
        return sorted((cookie.name, cookie.value, cookie.path) for cookie in one.cookies), one.get(
            url + "/whoami", timeout=5
        ).json()

    return ask


def hooked(url):
    seen = []
    session().get(url + "/found", timeout=5, hooks={"response": lambda a, **_: seen.append((a.status_code, a.elapsed.days))})
    return seen


def prepared(url):
    one = session()
    request = one.prepare_request(requests.Request("PUT", url + "/echo", params={"q": ["1", ""]}, json={"a": "é"}))
    return one.send(request, timeout=5).json()


def sequence(url):
    one = session()
    return [one.get(url + "/seq", timeout=5).json()["n"] for _ in range(3)]


def streamed_with(url):
    with session().get(url + "/chunks", stream=True, timeout=5) as answer:
        return list(answer.iter_lines()), answer.raw.chunked


def own_adapter(url):
    class Counting(HTTPAdapter):
        calls = 0

        def send(self, *args, **options):
            type(self).calls += 1
            return super().send(*args, **options)

    one = session()
    one.mount("http://", Counting())
    return chain(one.get(url + "/found", timeout=5)), Counting.calls


def signed(request):
    request.headers["X-Sent"] = hashlib.sha256(request.body or b"").hexdigest()[:8]
    return request


def one_connection(url):
    with urllib3.HTTPConnectionPool(url.partition("//")[2].partition(":")[0], int(url.rpartition(":")[2]), maxsize=1) as pool:
        seen = [pool.request("GET", path).data for path in ("/json", "/seq", "/chunks")]
        return seen, pool.num_connections, pool.num_requests


def full_pool(url):
    with urllib3.HTTPConnectionPool(
        url.partition("//")[2].partition(":")[0], int(url.rpartition(":")[2]), maxsize=1, block=True
    ) as pool:
        held = pool.request("GET", "/json", preload_content=False)
        try:
            pool.request("GET", "/json", pool_timeout=0.05)
        except urllib3.exceptions.EmptyPoolError as error:
            held.drain_conn()
            held.release_conn()
            return type(error).__name__, pool.request("GET", "/json").status
        return "it was not full"


def threads(url):
    seen = []
    one = session()
    work = [threading.Thread(target=lambda: seen.append(one.get(url + "/json", timeout=5).json()["a"])) for _ in range(4)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    return seen


def attempts(path, **policy):
    """The history of a policy that gave up, or got through."""

    def look(answer):
        return answer.status, [
            (step.method, step.url, step.status, type(step.error).__name__) for step in answer.retries.history
        ]

    return by_pool(path, look, retries=Retry(**{"backoff_factor": 0.01, **policy}))


def waited(url):
    """Retry-After is slept in full: time itself says so, be it real or virtual."""
    began = time.monotonic()
    one = session()
    one.mount("http://", HTTPAdapter(max_retries=Retry(total=1, status_forcelist=[503], raise_on_status=False)))
    status = one.get(url + "/down", timeout=5).status_code
    return status, 1 <= time.monotonic() - began < 3


def insecure(url):
    """Without verification urllib3 warns, and a certificate that is none is still a failure."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            session().get(url.replace("http:", "https:") + "/json", verify=False, timeout=5)
        except requests.RequestException as error:
            return type(error).__name__, [one.category.__name__ for one in seen]
    return "it was secure"


PROBES = {
    "status line": of("/teapot", line),
    "no reason": of("/no-reason", line),
    "old version": of("/old", line),
    "headers": of("/json", heads),
    "header in utf-8": of("/utf8-header", lambda a: a.headers["x-name"]),
    "header that repeats": of("/cookies", lambda a: (a.headers["X-M"], a.raw.headers.getlist("x-m"))),
    "links": of("/linked", lambda a: a.links),
    "json": of("/json", lambda a: a.json()),
    "bytes of json": of("/odd-json", texts),
    "json behind a mark": of("/bom", lambda a: a.json()),
    "another content type": of("/script", lambda a: a.json()),
    "no json": of("/page", lambda a: a.json()),
    "no content type": of("/no-type", texts),
    "latin-1": of("/latin", texts),
    "missing": of("/missing", lambda a: (a.status_code, a.ok, a.json())),
    "raise for status": of("/broken", lambda a: a.raise_for_status()),
    "raise for a good status": of("/json", lambda a: a.raise_for_status()),
    "no content": of("/empty", lambda a: (a.content, heads(a))),
    "not modified": of("/unchanged", lambda a: (a.content, heads(a))),
    "nothing in the body": of("/nothing", lambda a: a.json()),
    "binary": of("/bin", lambda a: hashlib.sha256(a.content).hexdigest()),
    "large": of("/large", lambda a: (len(a.content), a.text[-3:])),
    "gzip": of("/gzip", lambda a: (a.json(), heads(a))),
    "deflate": of("/deflate", lambda a: (a.content, heads(a))),
    "raw bytes of gzip": of("/gzip", lambda a: a.raw.read(), stream=True),
    "decoded bytes of gzip": of("/gzip", lambda a: a.raw.read(decode_content=True), stream=True),
    "head": of("/bin", lambda a: (a.content, heads(a)), "HEAD"),
    "head of gzip": of("/gzip", lambda a: (a.content, heads(a)), "HEAD"),
    "head of chunks": of("/chunks", lambda a: (a.content, heads(a)), "HEAD"),
    "options": of("/echo", lambda a: a.json(), "OPTIONS"),
    "the original response": of("/json", original, stream=True),
    "the original response of chunks": of("/chunks", original, stream=True),
    "chunks": of("/chunks", lambda a: (a.text, heads(a))),
    "lines of chunks": streamed_with,
    "pieces of chunks": of("/chunks", pieces(None), stream=True),
    "until the end": of("/until-closed", lambda a: (a.text, heads(a), a.raw.length_remaining)),
    "pieces": of("/bin", pieces(400), stream=True),
    "pieces after the fact": of("/bin", lambda a: (len(a.content), pieces(400)(a))),
    "lines": of("/odd-json", lambda a: list(a.iter_lines(decode_unicode=True)), stream=True),
    "raw reads": of("/bin", raw_reads, stream=True),
    "raw as a file": of("/bin", lambda a: len(list(io.BufferedReader(a.raw))) > 0, stream=True),
    "given back": of("/json", released, stream=True),
    "closed early": of("/bin", closed_early, stream=True),
    "read twice": of("/bin", consumed, stream=True),
    "cookies of an answer": of("/cookies", lambda a: sorted(a.cookies.get_dict().items())),
    "cookies of a session": jar("/cookies"),
    "cookie of a redirect": jar("/found"),
    "redirect": of("/found", chain),
    "redirect of a post": of("/found", chain, "POST", json={"a": 1}),
    "see other": of("/other", chain, "POST", data={"a": "1"}),
    "redirect that keeps the post": of("/again", chain, "POST", json={"a": 1}),
    "redirect that drops the post": of("/moved", chain, "POST", json={"a": 1}),
    "redirect not followed": of("/found", lambda a: (a.status_code, a.next.url.rpartition("/")[2]), allow_redirects=False),
    "redirect in a circle": of("/loop", chain),
    "redirect without a place": of("/nowhere", chain),
    "post of json": of("/echo", lambda a: a.json(), "POST", json={"a": [1, "é"]}),
    "post of a form": of("/echo", lambda a: a.json(), "POST", data={"a": "1", "b": "é"}),
    "post of text": of("/echo", lambda a: a.json(), "POST", data="text"),
    "post of nothing": of("/echo", lambda a: a.json(), "POST"),
    "post of pieces": of("/echo", lambda a: a.json(), "POST", data=lambda: iter([b"a", b"bc"])),
    "post of a file": of("/echo", lambda a: a.json(), "POST", data=lambda: io.BytesIO(b"file")),
    "post of parts": of("/echo", lambda a: a.json(), "POST", data=PARTS[0], headers={"Content-Type": PARTS[1]}),
    "delete": of("/echo", lambda a: a.json(), "DELETE"),
    "query": of("/echo", lambda a: a.json()["target"], params={"q": ["1", ""], "é": "ü"}),
    "basic auth": of("/echo", lambda a: a.json()["headers"], auth=("user", "pass")),
    "auth of one's own": of("/echo", lambda a: a.json()["headers"], "POST", data=b"x", auth=lambda: signed),
    "own headers": of("/echo", lambda a: a.json()["headers"], headers={"X-Sent": "1", "Cookie": "a=b"}),
    "header in latin-1": of("/echo", lambda a: a.json()["headers"], headers={"X-Sent": "caf\xe9".encode("latin-1")}),
    "header that cannot be": of("/echo", line, headers={"X-Sent": "a\nb"}),
    "prepared": prepared,
    "hook": hooked,
    "sequence": sequence,
    "threads": threads,
    "own adapter": own_adapter,
    "elapsed": of("/json", lambda a: a.elapsed.total_seconds() > 0),
    "read timeout": of("/silent", line, timeout=SHORT),
    "read timeout of a pair": of("/silent", line, timeout=(3, SHORT)),
    "slow enough": of("/slow", lambda a: a.json(), timeout=3),
    "stall in the body": of("/stalled", line, timeout=SHORT),
    "stall while streaming": of("/stalled", pieces(2), timeout=SHORT, stream=True),
    "reset": of("/reset", line),
    "reset in the body": of("/reset-later", line),
    "reset while streaming": of("/reset-later", pieces(2), stream=True),
    "closed": of("/closed", line),
    "cut": of("/cut", line),
    "cut while streaming": of("/cut", pieces(2), stream=True),
    "cut in a chunk": of("/cut-chunks", line),
    "cut in a chunk while streaming": of("/cut-chunks", lambda a: list(a.iter_lines()), stream=True),
    "no HTTP": of("/garbage", line),
    "nobody listens": lambda _: session().get(NOBODY, timeout=5),
    "no such host": lambda _: session().get(UNKNOWN, timeout=5),
    "no TLS": insecure,
    "retry of statuses": with_retry("/flaky", total=3, status_forcelist=[503], respect_retry_after_header=False),
    "retry of statuses in vain": with_retry("/down", total=2, status_forcelist=[503], respect_retry_after_header=False),
    "retry that waits as told": waited,
    "retry of resets": with_retry("/flaky-reset", total=2),
    "retry of timeouts in vain": with_retry("/silent", total=1),
    "retry of nobody": lambda _: with_retry("/", connect=1)(NOBODY),
    "no retry of a post": with_retry("/down", method="POST", total=2, status_forcelist=[503]),
    "history of retries": attempts("/flaky", total=4, status_forcelist=[503], respect_retry_after_header=False),
    "history of redirects": attempts("/found", total=4),
    "history of resets": attempts("/flaky-reset", total=4),
    "pool: an answer": by_pool(
        "/json", lambda a: (a.status, a.reason, a.version, a.data, list(a.headers.items()), a.url, a.geturl())
    ),
    "pool: json": by_pool("/json", lambda a: a.json()),
    "pool: fields": by_pool("/echo", lambda a: a.json()["target"], fields={"a": "1 2"}),
    "pool: form": by_pool("/echo", lambda a: a.json()["headers"], "POST", fields={"a": "1"}, encode_multipart=False),
    "pool: body": by_pool("/echo", lambda a: a.json(), "PUT", body="text"),
    "pool: chunked body": by_pool("/echo", lambda a: a.json(), "POST", body=b"x" * 10, chunked=True),
    "pool: no user agent": by_pool("/echo", lambda a: a.json(), headers={"User-Agent": urllib3.util.SKIP_HEADER}),
    "pool: stream": by_pool("/bin", lambda a: [len(one) for one in a.stream(300)], preload_content=False),
    "pool: stream of chunks": by_pool("/chunks", lambda a: b"".join(a.stream(4)), preload_content=False),
    "pool: gzip undecoded": by_pool("/gzip", lambda a: a.data, decode_content=False),
    "pool: redirect": by_pool("/found", lambda a: (a.status, a.geturl())),
    "pool: no redirect": by_pool("/found", lambda a: (a.status, a.get_redirect_location()), redirect=False),
    "pool: too many redirects": by_pool("/loop", lambda a: a.status, retries=2),
    "pool: no retries": by_pool("/reset", lambda a: a.status, retries=False),
    "pool: timeouts": by_pool("/silent", lambda a: a.status, retries=False, timeout=Timeout(connect=3, read=SHORT)),
    "pool: cut unnoticed": by_pool("/cut", lambda a: a.read(), preload_content=False, enforce_content_length=False),
    "pool: shut down": by_pool("/bin", lambda a: (a.drain_conn(), a.release_conn(), a.read()), preload_content=False),
    "pool: one connection": one_connection,
    "pool: full": full_pool,
}
