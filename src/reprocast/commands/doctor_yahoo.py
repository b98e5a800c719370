"""`reprocast doctor --source yahoo`: does Yahoo answer? With --rehearse: what would a failure look like?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from reprocast.data.asof import spans
from reprocast.data.sources.answer import Answer
from reprocast.data.sources.yahoo import ask
from reprocast.data.sources.yahoo_client import Client
from reprocast.errors import DataError, UsageError
from reprocast.params.data import YahooData
from reprocast.params.operations import Operations, read_operations

TICKER, CALENDAR = "AAPL", "XNYS"
"""Who is asked for: traded every day for decades."""
DAYS = 30
REHEARSED_TIMEOUT = 1.0
"""Seconds, so that nobody waits for a hang that is only played."""


def check_yahoo() -> Iterator[str]:
    """A line a check, as they are made; raises like `data.sources.yahoo.ask`."""
    operations = read_operations()
    client = Client(operations.yahoo)
    yield f"asking: {client.attempts} attempts of {operations.yahoo.timeout:g} s at most"
    yield from checks(client, operations, datetime.now(UTC))


def checks(client: Client, operations: Operations, now: datetime, ticker: str = TICKER) -> Iterator[str]:
    """The checks of a conversation: reached, cookie and crumb, a known ticker, its last bar.

    Raises:
        TryAgainError, DataError: as the source says.
    """
    block = YahooData(
        source="yahoo",
        series=(ticker,),
        start=(now - timedelta(days=DAYS)).date().isoformat(),
        end=now.date().isoformat(),
        calendar=CALENDAR,
        season=5,
    )
    try:
        answer = ask(block, operations, client, now)
    finally:
        yield from _conversation(client.session.answered)
    yield f"ok     {ticker}: {len(answer.panel)} daily bars since {block.start}"
    if answer.lacking:
        raise DataError(f"{answer.complaint()} (calendar {CALENDAR})")
    last = spans(answer.panel)[ticker]["last"]
    yield f"ok     calendar: the last bar is of {last}, the last session of {CALENDAR} that is over"


def _conversation(answered: list[tuple[str, int]]) -> Iterator[str]:
    """What was asked on the way to the prices; yfinance does without cookie and crumb where it must."""
    for name, part in (("cookie", "fc."), ("crumb", "getcrumb"), ("prices", "/chart/")):
        statuses = [(urlsplit(url).netloc, status) for url, status in answered if part in url]
        if statuses:
            host, status = statuses[-1]
            mark = "ok   " if status == 200 or name == "cookie" else "wrong"
            yield f"{mark}  {name}: {host} answers {status}"


def rehearse(name: str) -> Iterator[str]:
    """Plays a scenario to the real client; what it ends with is what `reprocast acquire` ends with.

    Raises:
        UsageError: there is no such scenario.
        DataError, TryAgainError: as the source says.
    """
    from reprocast.data.sources.yahoo_rehearsal import rehearsing
    from reprocast.data.sources.yahoo_scenarios import SCENARIOS

    if name not in SCENARIOS:
        raise UsageError(f"--rehearse {name}: there is no such scenario; there are {', '.join(SCENARIOS)}")
    scenario, operations = SCENARIOS[name], read_operations()
    yield f"played: Yahoo {scenario.tells}, at {scenario.now:%Y-%m-%d %H:%M} UTC"
    with rehearsing(scenario) as played:
        client = played.client(operations.yahoo.attempts, min(operations.yahoo.timeout, REHEARSED_TIMEOUT))
        try:
            answer = ask(scenario.block(), operations, client, scenario.now)
        finally:
            waits = ", ".join(f"{wait:.0f} s" for wait in played.waits)
            skipped = f", skipping waits of {waits}" if waits else ""
            yield f"asked for prices {len(played.asked)} times{skipped}"
    yield from _said(answer)


def _said(answer: Answer) -> Iterator[str]:
    for name, span in spans(answer.panel).items():
        yield f"{name}: {span['rows']} bars from {span['first']} to {span['last']}"
    if answer.lacking:
        raise DataError(f"{answer.complaint()}; a partial answer is put aside, not used")
    yield "the answer is whole and would be stored (exit code 0)"
