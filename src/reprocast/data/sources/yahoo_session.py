"""The HTTP session of the Yahoo client: polite, in time, and with an eye on what yfinance hides."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf
from typing import Any

from curl_cffi import requests
from curl_cffi.requests.exceptions import Timeout


class YahooSession(requests.Session[requests.Response]):
    """A browser-like session that keeps a rate and a deadline.

    Args:
        requests_per_second: no more than that.
    """

    def __init__(self, requests_per_second: float = 2) -> None:
        super().__init__(impersonate="chrome")
        self.status: int | None = None
        """Status of the last answer about prices; None before it and if none came."""
        self.retry_after: float | None = None
        """Seconds until it may be asked again, where that answer said so."""
        self.is_down = False
        """Whether that answer was Yahoo's page for times of maintenance."""
        self.answered: list[tuple[str, int]] = []
        """Address without its query, and status, of everything that was answered."""
        self._gap, self._next, self._deadline = 1 / requests_per_second, -inf, inf

    def begin(self, seconds: float) -> None:
        """Begins an attempt: its requests together may take that long."""
        self.status = self.retry_after = None
        self._deadline = time.monotonic() + seconds

    def address(self, url: str) -> str:
        """Where a request goes; a stand-in has another one."""
        return url

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        """As the parent does it.

        Raises:
            Timeout: the attempt's time is up.
        """
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._gap
        about_prices = "/chart/" in url
        left = (self._deadline - time.monotonic()) / (1 if about_prices else 2)  # prices need no cookie
        if left <= 0:
            raise Timeout("the time is up")
        kwargs["timeout"] = min(kwargs.get("timeout") or inf, left)
        if kwargs["timeout"] == inf:
            del kwargs["timeout"]
        if about_prices:
            self.status, self.retry_after, self.is_down = None, None, False
        answer = super().request(method, self.address(url), *args, **kwargs)
        self.answered.append((url.partition("?")[0], answer.status_code))
        if about_prices:
            self.status, self.retry_after = answer.status_code, _seconds(answer.headers.get("Retry-After"))
            self.is_down = "Will be right back" in answer.text
        return answer


def _seconds(said: str | None) -> float | None:
    """What Retry-After says, a number of seconds or a date; None where it says nothing that can be read."""
    if said is None:
        return None
    try:
        return float(said) if said.strip().isdigit() else _until(parsedate_to_datetime(said))
    except ValueError:
        return None


def _until(moment: datetime) -> float:
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
