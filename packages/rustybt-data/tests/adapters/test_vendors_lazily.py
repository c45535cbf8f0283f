"""What a vendor's client costs is paid by who uses it."""

import subprocess
import sys

ADAPTERS = ("alpaca", "alphavantage", "ccxt", "polygon", "yfinance")
CLIENTS = ("alpaca", "ccxt", "curl_cffi", "httpx2", "massive", "requests", "urllib3", "yfinance")


def test_adapters_are_loaded_without_the_clients() -> None:
    script = f"""
import sys
from rustybt.plugins import groups, registry
for name in {ADAPTERS!r}:
    registry(groups.DATA_ADAPTERS).load(name)
print(*[name for name in {CLIENTS!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not done.stdout.split()
