"""Asks Yahoo through yfinance, patiently: what may pass is tried again, what stays is said in one line."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from reprocast.errors import DataError, TryAgainError

if TYPE_CHECKING:
    from reprocast.data.sources.yahoo_session import StatusSession

SERVER_FAULT = 500
RATE_LIMIT = 429
NOT_FOUND = 404


class PassingError(Exception):
    """A failure that may pass; its text is the reason."""


class Client:
    """One conversation with Yahoo.

    Args:
        session: the HTTP session; none: a new one.
        attempts: how often a ticker is asked for in all.
        wait: tenacity's wait between attempts; none: 2, 4, 8 … seconds and a little more at random.
        timeout: seconds until an answer must come.
    """

    def __init__(
        self, session: "StatusSession | None" = None, attempts: int = 4, wait: Any = None, timeout: float = 20
    ) -> None:
        # Late: yfinance takes half a second to load, and a stored vintage needs none of it.
        from reprocast.data.sources.yahoo_session import StatusSession

        self._session = session or StatusSession()
        self._attempts = attempts
        self._wait = wait or wait_exponential_jitter(initial=2, max=30, jitter=2)
        self._timeout = timeout

    def history(self, ticker: str, start: str) -> pd.DataFrame:
        """Daily bars and actions from `start` to now as Yahoo gives them, indexed by zoned days.

        Raises:
            DataError: Yahoo does not know the ticker or has no trades in the span.
            TryAgainError: a failure that may pass, after all attempts.
        """
        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            retry=retry_if_exception_type(PassingError),
        )
        try:
            return retrying(self._once, ticker, start)
        except RetryError as error:
            reason = error.last_attempt.exception()
            raise TryAgainError(
                f"yahoo: {ticker}: {reason} after {self._attempts} attempts; try again in "
                f"{'an hour' if 'rate' in str(reason) else 'some minutes'} (nothing was stored)"
            ) from None

    def _once(self, ticker: str, start: str) -> pd.DataFrame:
        import yfinance as yf
        from curl_cffi.requests.exceptions import HTTPError, RequestException
        from yfinance.data import YfData
        from yfinance.exceptions import YFException, YFRateLimitError

        YfData.cache_get.cache_clear()  # it keeps bad answers, too: a second attempt would never go out
        self._session.status = None
        try:
            with _outspoken(yf):
                frame: pd.DataFrame = yf.Ticker(ticker, session=self._session).history(
                    start=start, auto_adjust=False, actions=True, timeout=self._timeout
                )
        except YFRateLimitError:
            raise PassingError("the rate limit is reached (429)") from None
        except (YFException, HTTPError, ValueError) as error:
            self._judge(ticker, start, error)
        except RequestException as error:
            raise PassingError(f"cannot be reached ({_first_line(error)})") from None
        if frame.empty:
            self._judge(ticker, start, None)
        return frame

    def _judge(self, ticker: str, start: str, error: Exception | None) -> NoReturn:
        """Tells a server in trouble from a ticker that does not exist; both look alike in yfinance."""
        status = self._session.status
        if status == RATE_LIMIT:
            raise PassingError("the rate limit is reached (429)")
        if status is None or status >= SERVER_FAULT:
            raise PassingError(f"answered with an error ({status or 'none'})")
        if isinstance(error, ValueError) and status != NOT_FOUND:
            raise PassingError("answered something that is not JSON")
        raise DataError(
            f"yahoo: {ticker}: no such ticker, or no trades since {start} (data.series, data.start)"
        )


@contextmanager
def _outspoken(yf: Any) -> Iterator[None]:
    """Makes yfinance raise what went wrong instead of returning an empty frame, and log nothing beside it."""
    hidden, logger = yf.config.debug.hide_exceptions, logging.getLogger("yfinance")
    level = logger.level
    yf.config.debug.hide_exceptions = False
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # its own use of pandas, not ours to mend
            yield
    finally:
        yf.config.debug.hide_exceptions = hidden
        logger.setLevel(level)


def _first_line(error: Exception) -> str:
    """Without curl's advice to read its documentation."""
    said = str(error).splitlines()[0].partition(" See http")[0] if str(error) else ""
    return said.rstrip(". ") or type(error).__name__
