"""Decision → next item on the screen: one annotator on the page's own endpoints, as its script calls them.

The page holds the next item rendered ahead, so each decision is two requests: the submit, which brings the
item after the next, and now and then `ahead`. Server time is what the request log says.
"""

import argparse
import gzip
import json
import re
import time
from http import cookies
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks import driver, report
from tests.benchmarks.stack import Stack, stack

ITEMS = 10_000
FORM = "application/x-www-form-urlencoded"
_HIDDEN = re.compile(r'name="(token|csrfmiddlewaretoken)" value="([^"]+)"')
_SLOT = re.compile(r'data-slot="([0-9]+)"')
_ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)')


class Browser:
    """A signed-in person's browser: cookies, and a form's hidden fields."""

    def __init__(self, port: int) -> None:
        self.caller = driver.Caller(port, Accept_Encoding="gzip", Origin=f"http://127.0.0.1:{port}")
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> driver.Answer:
        return self._keep(self.caller.call("GET", path, None, Cookie=self._cookies(), **headers))

    def post(self, path: str, fields: list[tuple[str, str]], **headers: str) -> driver.Answer:
        sent = self.caller.call(
            "POST", path, urlencode(fields).encode(), Content_Type=FORM, Cookie=self._cookies(), **headers
        )
        return self._keep(sent)

    def sign_in(self, email: str, password: str) -> None:
        hidden = dict(_HIDDEN.findall(text_of(self.get("/login/"))))
        fields = [("email", email), ("password", password), *hidden.items()]
        answer = self.post("/login/", fields)
        if answer.status != 302:
            raise AssertionError(f"the login was answered {answer.status}")

    def _cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep(self, answer: driver.Answer) -> driver.Answer:
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in cookies.SimpleCookie(header).items()}
        return answer


def text_of(answer: driver.Answer) -> str:
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.body) if packed else answer.body).decode()


def page_bytes(browser: Browser, page: driver.Answer) -> dict[str, int]:
    """What a first visit loads, by address: the page and all that it names, as they travel."""
    sizes = {"page": len(page.body)}
    for path in dict.fromkeys(_ASSET.findall(text_of(page))):
        sizes[path] = len(browser.get(path).body)
    return sizes


def review(browser: Browser, project: str, queue: str, times: int) -> tuple[list[float], list[int]]:
    """Review `times` items; the seconds until each submit's answer was there, and the fragments' bytes."""
    path = f"/projects/{project}/queues/{queue}/review"
    held: list[str] = []  # the item that is rendered ahead
    shown = text_of(browser.get(path))
    waits: list[float] = []
    sizes: list[int] = []
    for turn in range(times):
        if not held:
            ahead = browser.get(f"{path}/ahead?beside={_SLOT.findall(shown)[0]}", HX_Request="true")
            held.append(text_of(ahead))
        slot, hidden = _SLOT.findall(shown)[0], dict(_HIDDEN.findall(shown))
        fields = [*hidden.items(), ("shown", _SLOT.findall(held[0])[0]), *decision(shown, turn)]
        answer = browser.post(f"/projects/{project}/slots/{slot}/submit", fields, HX_Request="true")
        if answer.status != 200:
            raise AssertionError(f"a submit was answered {answer.status}: {text_of(answer)[:400]}")
        waits.append(answer.seconds)
        sizes.append(len(text_of(answer).encode()))
        shown = held.pop(0)
        if _SLOT.search(text_of(answer)):
            held.append(text_of(answer))
    return waits, sizes


def decision(shown: str, turn: int) -> list[tuple[str, str]]:
    """Half approvals, half rejections with a reason."""
    text = re.search(r'<textarea[^>]*name="corrected_text"[^>]*>\n?(.*?)</textarea>', shown, re.DOTALL)
    unchanged = ("corrected_text", text.group(1)) if text else ("note", "")
    if turn % 2:
        return [("decision", "reject"), ("reasons", "factual"), unchanged]
    return [("decision", "approve"), unchanged]


def server_ms(own: Stack, part: str) -> list[float]:
    """The server's own times of requests whose path ends so, out of the request log."""
    found = []
    for line in Path(own.var / "log" / "reviewapp.log").read_text().splitlines():
        if "reviewapp.requests" in line:
            told = json.loads(line[line.index("{") :])
            if told["path"].endswith(part) and told["status"] == 200:
                found.append(told["ms"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--times", type=int, default=500)
    options = parser.parse_args()
    how_many, times = (60, 12) if options.smoke else (ITEMS, options.times)
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        with own.connect() as database:
            seed.items(database, home, how_many)
        browser, size = Browser(own.port), f"{how_many:,} items"
        browser.sign_in(home.emails[0], seed.PASSWORD)
        cold = page_bytes(browser, browser.get(f"/projects/{home.slug}/queues/{home.queue_slug}/review"))
        report.figure(
            "review page, cold, in all",
            sum(cold.values()) / 1024,
            "KiB",
            target=180,
            size=f"{len(cold)} files, gzip",
        )
        review(browser, home.slug, home.queue_slug, min(20, times // 4))
        warm = len(server_ms(own, "/submit"))
        began = time.monotonic()
        waits, sizes = review(browser, home.slug, home.queue_slug, times)
        rate = times / (time.monotonic() - began)
        server = server_ms(own, "/submit")[warm:]
        report.checked("submits in the request log", len(server), times)
        report.figure(
            "decision to next item, server, p95", report.share_below(server, 0.95), "ms", target=20, size=size
        )
        report.figure(
            "decision to next item, server, median", report.share_below(server, 0.5), "ms", size=size
        )
        report.figure(
            "decision to next item, there and back, p95",
            1000 * report.share_below(waits, 0.95),
            "ms",
            size=size,
        )
        report.figure(
            "largest fragment, unpacked",
            max(sizes) / 1024,
            "KiB",
            target=30,
            size="texts of 200-2,000 characters",
        )
        report.figure("decisions of one annotator", rate, "decisions/s", size=size)
        with own.connect() as database:
            row = database.execute("SELECT count(*) FROM queues_verdict").fetchone()
        report.checked("verdicts of these decisions", row and row[0], times + min(20, times // 4))


if __name__ == "__main__":
    main()
