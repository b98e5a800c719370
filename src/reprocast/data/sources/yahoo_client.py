"""Asks Yahoo through yfinance, patiently: what may pass is tried again, what stays is said in one line."""

import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
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

from reprocast.data.sources.yahoo_bars import COLUMNS
from reprocast.data.sources.yahoo_faults import FormError, PassingError, judged, rate_limit, unreached
from reprocast.errors import DataError
from reprocast.params.operations import Yahoo

if TYPE_CHECKING:
    from reprocast.data.sources.yahoo_session import YahooSession

LONGEST_WAIT = 60
"""Seconds; a server that asks for more patience is asked again by the user, not by us."""
LOGGERS = ("yfinance", "bs4.dammit")
"""What they would write is in the exceptions."""


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
        """Bars and actions from `start` to now as Yahoo gives them, indexed by zoned times; empty if none.

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
        except FormError as error:
            raise DataError(
                f"yahoo: {ticker}: the answer has another form than yfinance {version('yfinance')} knows "
                f"({error}); update it (`pip install --upgrade yfinance`), nothing was stored"
            ) from None
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
            raise rate_limit(self.session) from None
        except RequestException as error:
            if self.session.status is None:
                raise unreached(error, self._seconds) from None
            return judged(self.session, error)
        except (YFException, ValueError, LookupError, TypeError, AttributeError) as error:
            return judged(self.session, error)
        absent = [name for name in COLUMNS if name not in frame.columns]
        if absent and len(frame):
            raise FormError(f"no {', '.join(absent)}")
        return judged(self.session, None) if frame.empty else frame


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
