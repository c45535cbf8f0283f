"""Names of a package that are imported when they are first used (PEP 562).

A plain run starts faster the fewer modules it imports. What it does not need is imported where it
is used: inside the function that a feature begins with, or, where a package exports the feature's
names, like this::

    if TYPE_CHECKING:
        from rustybt.orders.audit import audit_json, order_audit_log
    else:
        __getattr__, __dir__ = on_first_use(
            __name__, {"rustybt.orders.audit": ("audit_json", "order_audit_log")}
        )

Type checkers see plain imports and so know every name and no other. `tests/test_cold_start.py`
says which modules a plain run does without.
"""

import sys
from collections.abc import Callable, Mapping


def on_first_use(
    package: str, homes: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """What a package needs as ``__getattr__`` and ``__dir__`` to import names on first use.

    Args:
        package: Its ``__name__``.
        homes: For each module the names that are imported from it; a name may be a module itself.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def import_name(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        # As `from home import name` does it, which finds modules too.
        value: object = getattr(__import__(home_of[name], fromlist=(name,)), name)
        setattr(sys.modules[package], name, value)
        return value

    def all_names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home_of})

    return import_name, all_names
