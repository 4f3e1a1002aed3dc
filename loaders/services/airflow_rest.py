"""Airflow's REST API, as much of it as we need, over the standard library.

Every call goes straight to the address; a proxy that the environment names is for the
outside and never asked.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from loaders.failure import ExpectedFailure

TIMEOUT_SECONDS = 30


class AirflowSilentError(ExpectedFailure):
    """Nobody answers at the address, or not in time."""


class AirflowRefusedError(Exception):
    """Airflow answered with an error; `status` is its number."""

    def __init__(self, status: int, call: str) -> None:
        super().__init__(f"Airflow answered {status} to {call}")
        self.status = status


class AirflowRest:
    """Calls to one Airflow, with a token that is fetched when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open = build_opener(ProxyHandler({})).open
        self._token: str | None = None

    def get(self, path: str) -> Any:
        """Raises: AirflowSilentError, AirflowRefusedError."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Raises: AirflowSilentError, AirflowRefusedError."""
        return self._call("POST", path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """Raises: AirflowSilentError, AirflowRefusedError."""
        return self._call("PATCH", path, body)

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        if self._token is None and path.startswith("/api/v2/dags"):
            self._token = self._request("GET", "/auth/token", None)["access_token"]
        try:
            return self._request(method, path, body)
        except AirflowRefusedError as refused:
            if refused.status != 401 or self._token is None:
                raise
        # The token is older than Airflow lets a token become.
        self._token = self._request("GET", "/auth/token", None)["access_token"]
        return self._request(method, path, body)

    def _request(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._url + path, data, headers, method=method)  # noqa: S310
        try:
            with self._open(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.loads(answer.read())
        except HTTPError as error:
            raise AirflowRefusedError(error.code, f"{method} {path}") from error
        except (URLError, TimeoutError, ConnectionError) as error:
            raise AirflowSilentError(f"Airflow does not answer at {self._url}") from error
