"""Starts the emulator with HTTP deliveries as SNS makes them, and with ranges of objects read as ranges.

The emulator tries each delivery once and forgets it. SNS tries again, by the DeliveryPolicy of the subscription: at 5xx,
429, time-outs and endpoints that are down, but not at other 4xx. Each endpoint has a thread of its own here, so that one
that is slow or down delays no other; what waits is lost when the emulator stops. SNS_DELAY_SCALE shortens the pauses.

For a range of an object the emulator reads all of it, which makes a large file that is read in chunks slow.
"""

import asyncio
import heapq
import itertools
import json
import os
import threading
import time
import urllib.error
import urllib.request

from ministack.app import main
from ministack.services import s3, sns

DELAY_SCALE = float(os.environ.get("SNS_DELAY_SCALE", "1"))
ANSWER_SECONDS = 15
DEFAULT_POLICY = {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3}


def pauses(policy: dict) -> list:
    """Seconds before each further attempt: at once, then the shortest, growing, and the longest pauses."""
    shortest, longest = policy.get("minDelayTarget", 20), policy.get("maxDelayTarget", 20)
    at_once, short = policy.get("numNoDelayRetries", 0), policy.get("numMinDelayRetries", 0)
    long = policy.get("numMaxDelayRetries", 0)
    growing = max(0, policy.get("numRetries", 3) - at_once - short - long)
    steps = [shortest * (longest / shortest) ** ((i + 1) / (growing + 1)) for i in range(growing)]
    return [seconds * DELAY_SCALE for seconds in [0] * at_once + [shortest] * short + steps + [longest] * long]


def subscription_of(endpoint: str) -> dict:
    for topic in sns._topics.all_values():
        for subscription in topic["subscriptions"]:
            if subscription["endpoint"] == endpoint:
                return subscription
    return {}


def post(endpoint: str, payload: str, kind: str, headers: dict) -> None:
    request = urllib.request.Request(
        endpoint,
        data=payload.encode("utf-8"),
        headers={"Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": kind, **headers},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
        response.read()


def is_worth_retrying(error: Exception) -> bool:
    return not isinstance(error, urllib.error.HTTPError) or error.code >= 500 or error.code == 429


class Deliveries:
    """What one endpoint is still to get, in the order in which it is due."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        self.due = []
        self.numbers = itertools.count()
        self.changed = threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()

    def add(self, payload: str, attempt: int = 0, seconds: float = 0) -> None:
        with self.changed:
            heapq.heappush(self.due, (time.monotonic() + seconds, next(self.numbers), payload, attempt))
            self.changed.notify()

    def run(self) -> None:
        while True:
            with self.changed:
                while not self.due or self.due[0][0] > time.monotonic():
                    self.changed.wait(self.due[0][0] - time.monotonic() if self.due else None)
                _, _, payload, attempt = heapq.heappop(self.due)
            self.deliver(payload, attempt)

    def deliver(self, payload: str, attempt: int) -> None:
        subscription = subscription_of(self.endpoint)
        if not subscription:
            return
        attributes = subscription["attributes"]
        raw = attributes.get("RawMessageDelivery") == "true"
        headers = {"x-amz-sns-topic-arn": subscription["topic_arn"], "x-amz-sns-subscription-arn": subscription["arn"]}
        headers |= {"x-amz-sns-rawdelivery": "true"} if raw else {"x-amz-sns-message-id": json.loads(payload)["MessageId"]}
        try:
            post(self.endpoint, payload, "Notification", headers)
        except Exception as error:
            policy = json.loads(attributes.get("DeliveryPolicy") or "{}").get("healthyRetryPolicy", DEFAULT_POLICY)
            further = pauses(policy)
            if is_worth_retrying(error) and attempt < len(further):
                self.add(payload, attempt + 1, further[attempt])
            else:
                sns.logger.warning("SNS gives up a delivery after %d attempts: %s", attempt + 1, type(error).__name__)


endpoints = {}
endpoints_lock = threading.Lock()


async def deliver_to_http(endpoint: str, payload: str) -> None:
    with endpoints_lock:
        deliveries = endpoints.setdefault(endpoint, None) or Deliveries(endpoint)
        endpoints[endpoint] = deliveries
    deliveries.add(payload)


class _Thread:
    """Stands for the thread that the emulator starts for each delivery: in those messages would overtake each other."""

    def __init__(self, target, args=(), daemon=None):
        self.target, self.args = target, args

    def start(self) -> None:
        if self.target is not asyncio.run:
            threading.Thread(target=self.target, args=self.args, daemon=True).start()
            return
        try:
            # It waits for nothing, so it is done at once.
            self.args[0].send(None)
        except StopIteration:
            pass


class _Threading:
    """The module `threading` as sns.py sees it."""

    Thread = _Thread
    Lock = staticmethod(threading.Lock)


class FileOnDisk:
    """An object's bytes, of which only the slice that is asked for is read."""

    def __init__(self, path: str):
        self.path = path

    def __getitem__(self, part: slice) -> bytes:
        with open(self.path, "rb") as file:
            file.seek(part.start)
            return file.read(part.stop - part.start)


read_body = s3._read_body
get_object = s3._get_object


def read_range(bucket_name: str, key: str, obj: dict):
    path = s3._object_disk_path(bucket_name, key) if obj.get("body") is None else None
    return FileOnDisk(path) if path and os.path.exists(path) else read_body(bucket_name, key, obj)


def get_object_or_range(bucket_name: str, key: str, headers: dict, query_params: dict = None):
    is_range = "range" in headers and not {"versionId", "partNumber"} & set(query_params or {})
    # The handlers run one at a time.
    s3._read_body = read_range if is_range else read_body
    try:
        return get_object(bucket_name, key, headers, query_params)
    finally:
        s3._read_body = read_body


s3._get_object = get_object_or_range
sns._deliver_to_http = deliver_to_http
sns._threading = _Threading

if __name__ == "__main__":
    main()
