"""The store over a bucket, against moto's S3, which speaks the protocol boto3 speaks."""

import hashlib
import shutil
from urllib.parse import parse_qs, urlsplit

import boto3
import moto
import pytest

from assignments.backends import bucket, store
from tests import factories

TAKE = b"a take of twelve seconds"
SHA256 = hashlib.sha256(TAKE).hexdigest()
KEY = f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"


@pytest.fixture
def s3(settings, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    settings.S3_BUCKET, settings.S3_REGION = "dailies", "us-east-1"
    bucket._bucket.cache_clear()
    with moto.mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="dailies")
        yield client
    bucket._bucket.cache_clear()


def keys(client):
    return sorted(item["Key"] for item in client.list_objects_v2(Bucket="dailies").get("Contents", []))


def receive_take():
    return store.receive([TAKE], max_bytes=100)


def empty_cache(settings):
    shutil.rmtree(settings.OBJECTS_DIR)


def test_what_is_received_lies_in_the_bucket_under_its_hash(s3):
    receive_take()
    assert keys(s3) == [KEY]
    assert s3.get_object(Bucket="dailies", Key=KEY)["Body"].read() == TAKE


def test_another_host_finds_it(s3, settings):
    receive_take()
    empty_cache(settings)
    assert store.exists(SHA256)
    assert store.path(SHA256).read_bytes() == TAKE
    assert list((settings.OBJECTS_DIR / "staging").iterdir()) == []


def test_what_was_made_of_it_is_found_too(s3, settings):
    with store.making(SHA256, "poster.jpg") as staged:
        staged.write_bytes(b"poster")
    empty_cache(settings)
    assert store.derived(SHA256, "poster.jpg").read_bytes() == b"poster"
    assert keys(s3) == [f"derived/{KEY}/poster.jpg"]


def test_what_was_never_stored_is_absent(s3):
    assert not store.exists(SHA256)
    assert not store.path(SHA256).exists()


def test_nothing_is_kept_when_the_bucket_refuses(s3, settings):
    settings.S3_BUCKET = "another"
    with pytest.raises(bucket.BucketAway):
        receive_take()
    settings.S3_BUCKET = ""
    assert not store.exists(SHA256)
    assert list((settings.OBJECTS_DIR / "staging").iterdir()) == []


def test_a_download_is_led_to_a_short_lived_address(s3):
    receive_take()
    url = urlsplit(store.signed_url(SHA256, name="码头.mov", content_type="video/quicktime"))
    asked = parse_qs(url.query)
    assert url.path.endswith(KEY)
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["response-content-type"] == ["video/quicktime"]
    assert asked["response-content-disposition"] == ["attachment; filename*=utf-8''%E7%A0%81%E5%A4%B4.mov"]


def test_without_a_bucket_there_is_no_address():
    assert store.signed_url(SHA256, name="take.mov", content_type="video/quicktime") is None


@pytest.mark.django_db
def test_who_may_see_a_medium_is_led_to_the_bucket_and_a_stranger_is_not(s3, client):
    receive_take()
    media = factories.make_media(sha256=SHA256, name="take.mov")
    address = f"/media/{media.uuid}/original"
    client.force_login(media.created_by)
    assert urlsplit(client.get(address).headers["Location"]).path.endswith(KEY)
    client.force_login(factories.make_user())
    assert client.get(address).status_code == 404
