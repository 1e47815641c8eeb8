"""An S3-compatible bucket behind the store, for schools whose hosts share no file system.

The bucket holds everything; the local folder is then a cache of it that may be emptied at any time. Keys are the paths
below the objects folder. Credentials come from where boto3 looks (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile,
the host's role).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ui.errors import Refused

ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
URL_SECONDS = 300
logger = logging.getLogger(__name__)


class BucketAway(Refused):
    """The bucket does not answer, or refuses us."""

    status_code = 503

    def __init__(self) -> None:
        super().__init__(
            _("The file store can’t be reached just now. Nothing was changed; try again in a minute.")
        )


class Bucket:
    """One bucket of an S3-compatible service (boto3: S3.Client)."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    def put(self, key: str, source: Path) -> None:
        """Store a local file under a key; large ones in parts. Raises BucketAway."""
        with _told():
            self._client.upload_file(str(source), self._name, key)

    def fetch(self, key: str, target: Path) -> bool:
        """Write an object to a local file; False when there is none. Raises BucketAway."""
        if not self.has(key):
            return False
        with _told():
            self._client.download_file(self._name, key, str(target))
        return True

    def has(self, key: str) -> bool:
        from botocore.exceptions import ClientError

        with _told():
            try:
                self._client.head_object(Bucket=self._name, Key=key)
            except ClientError as fault:
                if fault.response["Error"]["Code"] in ABSENT:
                    return False
                raise
        return True

    def signed_url(self, key: str, *, disposition: str, content_type: str) -> str:
        """Return an address under which whoever has it may download the object for five minutes."""
        asked = {
            "Bucket": self._name, "Key": key, "ResponseContentDisposition": disposition,
            "ResponseContentType": content_type,
        }  # fmt: skip
        url: str = self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=URL_SECONDS)
        return url


def bucket() -> Bucket | None:
    """Return the school's bucket; None when files lie in a folder."""
    if not settings.S3_BUCKET:
        return None
    return _bucket(settings.S3_BUCKET, settings.S3_ENDPOINT, settings.S3_REGION)


@lru_cache(maxsize=1)
def _bucket(name: str, endpoint: str, region: str) -> Bucket:
    import boto3
    from botocore.config import Config

    retries = Config(
        retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, signature_version="s3v4"
    )
    client = boto3.client("s3", endpoint_url=endpoint or None, region_name=region or None, config=retries)
    return Bucket(client, name)


@contextmanager
def _told() -> Iterator[None]:
    """Turn every failure of the service into BucketAway, logged once."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as fault:
        logger.warning("the bucket fails: %s", fault)
        raise BucketAway from fault
