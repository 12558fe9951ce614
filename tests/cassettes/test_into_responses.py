"""Cassettes in a mock of `responses` that a suite already holds."""

from __future__ import annotations

import pytest
import requests
import responses
from responses import registries

from autogen_harness.cassettes import Cassette, into_responses, save
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpFailure, HttpReply

URL = "http://a.test/"


def ask(url=URL, **options):
    return requests.get(url, timeout=5, **options).status_code


def test_it_answers_as_often_as_it_says(interaction):
    """Twice the same interaction is two answers, in their order; what is behind them is the mock's."""
    with responses.RequestsMock() as mock:
        into_responses(mock, Cassette([interaction(reply=HttpReply(201)), interaction(reply=HttpReply(202), times=2)]))
        mock.get(URL, status=299)
        assert [ask() for _ in range(5)] == [201, 202, 202, 299, 299]
        assert len(mock.calls) == 5


@pytest.mark.parametrize("registry", [registries.FirstMatchRegistry, registries.OrderedRegistry])
def test_what_no_cassette_answers_is_left_to_the_mock(interaction, registry):
    """Entries added before and after, and whatever registry the mock has."""
    with responses.RequestsMock(registry=registry) as mock:
        mock.get("http://b.test/", status=298)
        into_responses(mock, Cassette([interaction()]))
        mock.get("http://c.test/", status=297)
        assert [ask("http://b.test/"), ask(), ask("http://c.test/")] == [298, 200, 297]


def test_a_miss_names_entries_and_cassettes(interaction):
    """In the words of responses."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get("http://b.test/")
        into_responses(mock, Cassette([interaction(), interaction(optional=True, url="http://o.test/")]))
        with pytest.raises(
            requests.ConnectionError, match=r"(?s)GET http://b\.test/ URL does not match.*GET http://a\.test/ another"
        ):
            ask("http://c.test/")


@pytest.mark.parametrize(("optional", "fires"), [(False, True), (True, False)])
def test_what_was_not_asked_for_counts_unless_it_may(interaction, optional, fires):
    """As an entry of the mock does."""
    mock = responses.RequestsMock()
    mock.start()
    into_responses(mock, Cassette([interaction(), interaction(url="http://b.test/", optional=optional)]))
    ask()
    if fires:
        with pytest.raises(AssertionError, match=r"b\.test"):
            mock.stop()
    else:
        mock.stop()
    mock.reset()
    with mock, pytest.raises(requests.ConnectionError):  # it has forgotten them
        ask()


def test_names_paths_and_cassettes(interaction, tmp_path):
    """Shipped ones, those of a folder, a file; several calls queue one behind the other."""
    save(Cassette([interaction(reply=HttpReply(201))]), tmp_path / "one.json")
    with responses.RequestsMock() as mock:
        into_responses(mock, "yahoo/chart-nvda", "one", roots=[tmp_path])
        into_responses(mock, tmp_path / "one.json", Cassette([interaction(reply=HttpReply(202))]))
        assert [ask(), ask(), ask()] == [201, 201, 202]
        assert ask("https://query1.finance.yahoo.com/v8/finance/chart/NVDA?range=1d&interval=1d") == 200


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (HttpFailure("read-timeout"), requests.ReadTimeout),
        (HttpFailure("connect-timeout"), requests.ConnectTimeout),
        (HttpFailure("reset"), requests.ConnectionError),
    ],
    ids=str,
)
def test_a_failure_is_what_requests_raises(interaction, failure, error):
    """At once: there is no clock to wait on."""
    with responses.RequestsMock() as mock:
        into_responses(mock, Cassette([interaction(reply=failure)]))
        with pytest.raises(error):
            ask()


@pytest.mark.parametrize(("given", "message"), [((), "Name one"), (("yahoo/nope",), "yahoo/nope"), ((3,), "3 is no cassette")])
def test_what_is_no_cassette_is_refused(given, message):
    """With what to write instead, and the mock stays as it was."""
    mock = responses.RequestsMock()
    before = mock._registry
    with pytest.raises(UsageError, match=message):
        into_responses(mock, *given)
    assert mock._registry is before


def test_a_large_cassette_costs_no_more_than_a_small_one(interaction, monkeypatch):
    """It is looked up, never searched."""
    looked = []
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        into_responses(mock, Cassette([interaction(url=f"{URL}{number}") for number in range(300)]))
        monkeypatch.setattr(responses.BaseResponse, "matches", lambda *_: looked.append(1))
        assert ask(f"{URL}299") == 200
    assert looked == []
