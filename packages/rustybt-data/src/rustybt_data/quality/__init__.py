"""Whether bars can be trusted: four layers of rules, the same for frames and for live bars."""

from rustybt_data.quality.batch import Screened, check, screen
from rustybt_data.quality.bundle import check_bundle, resolutions_of
from rustybt_data.quality.catalogue import RULES, RuleKind
from rustybt_data.quality.findings import Finding
from rustybt_data.quality.live import LiveChecker, LiveVerdict
from rustybt_data.quality.report import QualityReport
from rustybt_data.quality.rules import Rule, RuleSet
from rustybt_data.quality.storage import read_quarantine, write_quarantine

__all__ = [
    "RULES",
    "Finding",
    "LiveChecker",
    "LiveVerdict",
    "QualityReport",
    "Rule",
    "RuleKind",
    "RuleSet",
    "Screened",
    "check",
    "check_bundle",
    "read_quarantine",
    "resolutions_of",
    "screen",
    "write_quarantine",
]
