"""What a text given to an option means."""

from __future__ import annotations

from datetime import date, datetime

import click


class Moment(click.ParamType[date]):
    """A day or a point in time in ISO 8601: ``2020-01-02`` or ``2020-01-02T15:30``."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read a day as a date, anything longer as a datetime."""
        if isinstance(value, date):
            return value
        text = str(value)
        try:
            return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no day such as 2020-01-31, or 2020-01-31T15:30", param, ctx)


#: The type of an option that takes a day or a point in time.
MOMENT = Moment()
