"""What settings say of the places of files."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from caseline.actions import wiring
from caseline.files import address
from caseline.files.rows import Place
from caseline.files.store import Files
from caseline.settings import Settings, SettingsError

SECRET = "wJalrXUtn/FEMI+K7MDENG"  # noqa: S105 - nobody's
CODED = "wJalrXUtn%2FFEMI%2BK7MDENG"


def read(text: str) -> address.Address:
    return address.read(SecretStr(text))


def wired(**settings: object) -> Files:
    return wiring.files(Settings.model_validate(settings))


def test_an_address_names_host_bucket_prefix_and_region() -> None:
    found = read(f"https://AKIA%40:{CODED}@s3.store.example:9000/help.files/one/two/?region=ru-central1")

    assert (found.secure, found.host, found.region) == (True, "s3.store.example:9000", "ru-central1")
    assert (found.bucket, found.prefix) == ("help.files", "one/two/")
    assert (found.key, found.secret.get_secret_value()) == ("AKIA@", SECRET)
    assert found.name == "the bucket help.files at s3.store.example:9000"
    assert "AKIA" not in repr(found)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("text", "region"),
    [("https://k:s@store.example/files", "us-east-1"), ("https://k:s@s3.eu-west-1.amazonaws.com/files", None)],
)
def test_without_a_region_it_is_the_usual_one_or_that_of_the_host(text: str, region: str | None) -> None:
    assert (read(text).region, read(text).prefix) == (region, "")


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_without_tls_only_this_machine_is_reached(host: str) -> None:
    assert read(f"http://k:s@{host}/files").host == host
    with pytest.raises(ValueError, match="unencrypted"):
        read("http://k:s@store.example/files")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (f"s3://k:{CODED}@store.example/files", "https://"),
        (f"https://k:{SECRET}@store.example/files", "%2F"),
        (f"https://k:{CODED}@/files", "key, secret and host"),
        (f"https://{CODED}@store.example/files", "key, secret and host"),
        (f"https://:{CODED}@store.example/files", "key, secret and host"),
        (f"https://k:{CODED}%0A@store.example/files", "key, secret and host"),
        (f"https://k:{CODED}#@store.example/files", "key, secret and host|is no address"),
        (f"https://k:{CODED}@store.example:port/files", "is no address"),
        (f"https://k:{CODED}@[store/files", "is no address"),
        (f"https://k:{CODED}@store.example", "name a bucket"),
        (f"https://k:{CODED}@store.example/Files", "name a bucket"),
        (f"https://k:{CODED}@store.example/fi..les", "name a bucket"),
        (f"https://k:{CODED}@store.example/files/../x", "prefix"),
        (f"https://k:{CODED}@store.example/files/a//b", "prefix"),
        (f"https://k:{CODED}@store.example/files?zone=x", "region="),
        (f"https://k:{CODED}@store.example/files?region=", "region="),
        (f"https://k:{CODED}@store.example/files?region=a&region=b", "region="),
    ],
)
def test_nonsense_is_told_with_the_remedy_and_without_the_secret(text: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy) as told:
        read(text)
    with pytest.raises(SettingsError, match="CASELINE_FILES_S3: ") as wired_wrongly:
        wired(files_s3=text)
    for error in (told.value, wired_wrongly.value):
        assert CODED not in str(error)
        assert SECRET not in str(error)


def test_new_files_go_into_the_bucket_else_into_the_folder_else_into_the_database(tmp_path: Path) -> None:
    s3 = "https://k:s@store.example/files"

    assert wired().place is Place.DATABASE
    assert wired(files_folder=tmp_path).place is Place.FOLDER
    both = wired(files_folder=tmp_path, files_s3=s3)
    assert (both.place, both.folder is not None, both.bucket is not None) == (Place.BUCKET, True, True)
    assert wired(files_folder=tmp_path, files_s3=s3, files_place="folder").place is Place.FOLDER
    assert wired(files_folder=tmp_path, files_s3=s3, files_place="database").place is Place.DATABASE


def test_a_place_that_is_not_set_is_told() -> None:
    with pytest.raises(SettingsError, match="CASELINE_FILES_FOLDER is not set"):
        wired(files_place="folder")
    with pytest.raises(SettingsError, match="CASELINE_FILES_S3 is not set"):
        wired(files_place="bucket")
    with pytest.raises(ValidationError):
        wired(files_place="elsewhere")


def test_the_address_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "bucket"
    file.write_text("https://k:s@store.example/files\n")
    assert wired(files_s3_file=file).place is Place.BUCKET

    file.write_text(f"https://k:{CODED}@store.example\n")
    with pytest.raises(SettingsError, match=r"CASELINE_FILES_S3_FILE: .*bucket: must name a bucket"):
        wired(files_s3_file=file)
    with pytest.raises(SettingsError, match="CASELINE_FILES_S3_FILE: cannot read"):
        wired(files_s3_file=tmp_path / "nothing")
    with pytest.raises(SettingsError, match="CASELINE_FILES_CA"):
        wired(files_ca=tmp_path / "nothing")
