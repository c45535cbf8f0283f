from collections.abc import Iterator
from datetime import date

import pytest

from rustybt.data.bundles import bundles, register, unregister
from rustybt.errors import BundleNotFound, MissingExtra
from rustybt.plugins import groups, registry

NAME = "registration-test"


def ingest(*_arguments: object) -> None:
    """An ingest function that finds nothing."""


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    if NAME in bundles:
        unregister(NAME)


def test_a_bundle_is_registered_with_zipline_s_defaults() -> None:
    assert register(NAME, ingest) is ingest
    bundle = bundles[NAME]
    assert bundle.ingest is ingest
    assert (bundle.calendar_name, bundle.minutes_per_day, bundle.create_writers) == (
        "NYSE",
        390,
        True,
    )
    assert bundle.start_session is bundle.end_session is None


def test_without_a_function_register_is_a_decorator() -> None:
    @register(NAME, calendar_name="24/7", start_session="2021-01-01", end_session=date(2021, 2, 1))
    def decorated(*_arguments: object) -> None:
        """Find nothing."""

    bundle = bundles[NAME]
    assert bundle.ingest is decorated
    assert bundle.calendar_name == "24/7"
    assert (bundle.start_session, bundle.end_session) == (date(2021, 1, 1), date(2021, 2, 1))


def test_registering_again_warns_and_replaces() -> None:
    register(NAME, ingest)
    with pytest.warns(UserWarning, match=f"Overwriting bundle with name '{NAME}'"):
        register(NAME, ingest, calendar_name="XLON")
    assert bundles[NAME].calendar_name == "XLON"


def test_the_registry_is_a_read_only_mapping() -> None:
    register(NAME, ingest)
    assert NAME in bundles
    assert NAME in list(bundles)
    assert len(bundles) == len(list(bundles))
    assert not hasattr(bundles, "__setitem__")


def test_a_bundle_can_be_forgotten() -> None:
    register(NAME, ingest)
    unregister(NAME)
    assert NAME not in bundles
    with pytest.raises(BundleNotFound, match=NAME):
        unregister(NAME)


def test_an_unknown_name_is_an_error_of_its_own() -> None:
    with pytest.raises(BundleNotFound, match="no bundle named 'nope'"):
        bundles["nope"]
    with pytest.raises(LookupError):
        bundles["nope"]


def test_without_a_store_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from rustybt.data.bundles import load, operations

    monkeypatch.setattr(operations, "CATALOG", "no-such-store")
    assert "no-such-store" not in registry(groups.CATALOGS)
    with pytest.raises(MissingExtra, match="pip install 'rustybt-data'"):
        load("sample")
