"""Asks Yahoo through yfinance, patiently: what may pass is tried again, what stays is said in one line."""

import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd
from tenacity import (
    RetryCallState,
    RetryError,
    Retrying,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from reprocast.errors import DataError
from reprocast.params.operations import Yahoo

if TYPE_CHECKING:
    from reprocast.data.sources.yahoo_session import YahooSession

LONGEST_WAIT = 60
"""Seconds; a server that asks for more patience is asked again by the user, not by us."""
OK, BAD_REQUEST, REFUSED, NOT_FOUND, UNPROCESSABLE, RATE_LIMIT, SERVER_FAULT = (
    200,
    400,
    (401, 403),
    404,
    422,
    429,
    500,
)


LOGGERS = ("yfinance", "bs4.dammit")
"""What they would write is in the exceptions."""


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


class Client:
    """One conversation with Yahoo.

    Args:
        settings: attempts, seconds an attempt may take, requests a second.
        session: the HTTP session; none: a new one.
        sleep: waits between attempts.
    """

    def __init__(
        self,
        settings: Yahoo,
        session: "YahooSession | None" = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # Late: yfinance takes half a second to load, and a stored vintage needs none of it.
        import yfinance

        from reprocast.data.sources.yahoo_session import YahooSession

        # Its cache in the home folder is SQLite with pickles: locked by the next process, stale, read-only.
        yfinance.set_tz_cache_location(os.devnull)
        self.attempts = settings.attempts
        self.session = session or YahooSession(settings.requests_per_second)
        self._seconds, self._sleep = settings.timeout, sleep
        self._backoff = wait_exponential(multiplier=2, max=30) + wait_random(0, 2)

    def history(self, ticker: str, start: str, interval: str) -> pd.DataFrame:
        """Bars and actions from `start` to now as Yahoo gives them, indexed by zoned times; empty without any.

        Raises:
            NothingError: Yahoo does not know the ticker.
            PassingError: a failure that may pass, after all attempts.
            DataError: an answer in a form that yfinance does not know.
        """
        retrying = Retrying(
            stop=self._is_enough,
            wait=self._wait,
            sleep=self._sleep,
            retry=retry_if_exception_type(PassingError),
        )
        try:
            return retrying(self._once, ticker, start, interval)
        except RetryError as error:
            failure = error.last_attempt.exception()
            if isinstance(failure, PassingError):
                failure.attempts = error.last_attempt.attempt_number
            raise (failure or error) from None

    def _is_enough(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self.attempts or (self.session.retry_after or 0) > LONGEST_WAIT

    def _wait(self, state: RetryCallState) -> float:
        asked = self.session.retry_after
        return self._backoff(state) if asked is None else asked

    def _once(self, ticker: str, start: str, interval: str) -> pd.DataFrame:
        import yfinance as yf
        from curl_cffi.requests.exceptions import RequestException
        from yfinance.data import YfData
        from yfinance.exceptions import YFException, YFRateLimitError

        YfData.cache_get.cache_clear()  # it keeps bad answers, too: a second attempt would never go out
        self.session.begin(self._seconds)
        try:
            with _outspoken(yf):
                frame: pd.DataFrame = yf.Ticker(ticker, session=self.session).history(
                    start=start, interval=interval, auto_adjust=False, actions=True, timeout=self._seconds
                )
        except YFRateLimitError:
            raise self._rate_limit() from None
        except RequestException as error:
            if self.session.status is None:
                raise self._unreached(error) from None
            return self._judge(error)
        except (YFException, ValueError) as error:
            return self._judge(error)
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            if self.session.status != OK:
                return self._judge(error)
            raise DataError(
                f"yahoo: {ticker}: the answer has another form than yfinance {yf.__version__} knows "
                f"({error}); update it (`pip install --upgrade yfinance`), nothing was stored"
            ) from None
        return self._judge(None) if frame.empty else frame

    def _rate_limit(self) -> PassingError:
        asked = self.session.retry_after
        again = "an hour" if asked is None else f"{asked:.0f} s, as it asks"
        return PassingError("the rate limit is reached (429)", again, everyone=True)

    def _unreached(self, error: Exception) -> PassingError:
        from curl_cffi.requests.exceptions import DNSError, Timeout

        if isinstance(error, Timeout):
            return PassingError(f"no answer within {self._seconds:g} s", everyone=True)
        if isinstance(error, DNSError):
            return PassingError("cannot be reached: no network, or no name service", everyone=True)
        if "to connect" in str(error):
            return PassingError(f"cannot be reached ({_first_line(error)})", everyone=True)
        return PassingError(f"the connection was cut ({_first_line(error)})")

    def _judge(self, error: Exception | None) -> pd.DataFrame:
        """Tells a server in trouble from a ticker without bars (an empty frame); yfinance does not."""
        status = self.session.status
        if status == RATE_LIMIT:
            raise self._rate_limit()
        if status is None or status >= SERVER_FAULT:
            raise PassingError(f"Yahoo is in trouble and answers {status or 'nothing'}")
        if status in REFUSED:
            raise PassingError(f"access is refused ({status})", "an hour", everyone=True)
        if status == NOT_FOUND:
            raise NothingError("Yahoo does not know this ticker (data.series)")
        if self.session.is_down:
            raise PassingError("Yahoo is down for maintenance", everyone=True)
        if isinstance(error, ValueError) and status not in (BAD_REQUEST, UNPROCESSABLE):
            raise PassingError("the answer is no JSON")
        return pd.DataFrame()


@contextmanager
def _outspoken(yf: Any) -> Iterator[None]:
    """Makes yfinance raise what went wrong instead of returning an empty frame, and log nothing beside it."""
    hidden, loggers = yf.config.debug.hide_exceptions, [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    yf.config.debug.hide_exceptions = False
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # its own use of pandas, not ours to mend
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        yf.config.debug.hide_exceptions = hidden
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _first_line(error: Exception) -> str:
    """Without curl's number and its advice to read its documentation."""
    said = str(error).splitlines()[0].partition(" See http")[0] if str(error) else ""
    return said.rpartition("curl: (")[2].partition(") ")[2].rstrip(". ") or said or type(error).__name__
