"""The HTTP session of the Yahoo client, which remembers the last chart's status: yfinance hides it."""

from typing import Any

from curl_cffi import requests


class StatusSession(requests.Session[requests.Response]):
    """A browser-like session; `status` is that of the last answer about prices, None before any."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"impersonate": "chrome", **options})
        self.status: int | None = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As the parent does it."""
        answer = super().request(*args, **kwargs)
        if "/chart/" in str(answer.url):
            self.status = answer.status_code
        return answer
