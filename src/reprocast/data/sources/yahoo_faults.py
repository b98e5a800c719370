"""What an answer of Yahoo that is none means: it may pass, or the ticker does not exist, or has no bars."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from reprocast.data.sources.yahoo_session import YahooSession

NOT_FOUND, RATE_LIMIT, SERVER_FAULT = 404, 429, 500
REFUSED, OUT_OF_RANGE = (401, 403), (400, 422)


class PassingError(Exception):
    """A failure that may pass; its text is the reason.

    Args:
        reason: what happened.
        again: when to try again.
        everyone: whether the next ticker would fare no better.
    """

    def __init__(self, reason: str, again: str = "some minutes", *, everyone: bool = False) -> None:
        super().__init__(reason)
        self.again, self.everyone, self.attempts = again, everyone, 1

    def __str__(self) -> str:
        return f"{self.args[0]} after {self.attempts} attempt{'s' if self.attempts > 1 else ''}"


class NothingError(Exception):
    """Yahoo does not know the ticker; the text says so."""


class FormError(Exception):
    """Yahoo's answer has another form than yfinance knows; the text is what it stumbled over."""


def rate_limit(session: "YahooSession") -> PassingError:
    """What is said when Yahoo limits the rate."""
    asked = session.retry_after
    again = "an hour" if asked is None else f"{asked:.0f} s, as it asks"
    return PassingError("the rate limit is reached (429)", again, everyone=True)


def unreached(error: Exception, seconds: float) -> PassingError:
    """What is said when no answer came."""
    from curl_cffi.requests.exceptions import DNSError, Timeout

    if isinstance(error, Timeout):
        return PassingError(f"no answer within {seconds:g} s", everyone=True)
    if isinstance(error, DNSError):
        return PassingError("cannot be reached: no network, or no name service", everyone=True)
    if "to connect" in str(error):
        return PassingError(f"cannot be reached ({_first_line(error)})", everyone=True)
    return PassingError(f"the connection was cut ({_first_line(error)})")


def judged(session: "YahooSession", error: Exception | None) -> pd.DataFrame:
    """Tells a server in trouble from a ticker without bars (an empty frame); yfinance does not.

    Raises:
        NothingError: Yahoo does not know the ticker.
        PassingError: a failure that may pass.
        FormError: an answer that is not understood.
    """
    from yfinance.exceptions import YFTickerMissingError

    status = session.status
    if status == RATE_LIMIT:
        raise rate_limit(session)
    if status is None or status >= SERVER_FAULT:
        raise PassingError(f"Yahoo is in trouble and answers {status or 'nothing'}")
    if status in REFUSED:
        raise PassingError(f"access is refused ({status})", "an hour", everyone=True)
    if status == NOT_FOUND:
        raise NothingError("Yahoo does not know this ticker (data.series)")
    if session.is_down:
        raise PassingError("Yahoo is down for maintenance", everyone=True)
    if type(error).__name__ == "JSONDecodeError":
        raise PassingError("the answer is no JSON")
    if error is None or isinstance(error, YFTickerMissingError) or status in OUT_OF_RANGE:
        return pd.DataFrame()
    raise FormError(_first_line(error))


def _first_line(error: Exception) -> str:
    """Without curl's number and its advice to read its documentation."""
    said = str(error).splitlines()[0].partition(" See http")[0] if str(error) else ""
    return said.rpartition("curl: (")[2].partition(") ")[2].rstrip(". ") or said or type(error).__name__
