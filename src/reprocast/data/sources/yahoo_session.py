"""The HTTP session of the Yahoo client, which remembers the last answer's status: yfinance hides it."""

from typing import Any

from curl_cffi import requests


class StatusSession(requests.Session[requests.Response]):
    """A browser-like session; `status` is that of the last answer, None when there was none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"impersonate": "chrome", **options})
        self.status: int | None = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As the parent does it."""
        self.status = None
        answer = super().request(*args, **kwargs)
        self.status = answer.status_code
        return answer
