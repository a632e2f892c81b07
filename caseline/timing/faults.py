"""Faults of calendars and of the times given to them; a message names the place and ends with the remedy.

TimingFault          never: asking again changes nothing
  CalendarFault      a calendar that contradicts itself or cannot be counted by
  TimeFault          a time, a target or an interval that cannot be counted
  OutOfYears         counting left the years that can be counted, or the calendar ran out of working time
"""


class TimingFault(Exception):
    """Nothing can be counted with what was given."""


class CalendarFault(TimingFault):
    """A calendar says what cannot be; `place` is the key (and date) that says it."""

    def __init__(self, place: tuple[str | int, ...], text: str) -> None:
        super().__init__(f"{'.'.join(map(str, place))}: {text}" if place else text)
        self.place = place
        self.text = text


class TimeFault(TimingFault):
    """A time, target or interval that is no such thing."""


class OutOfYears(TimingFault):
    """The answer would lie outside the years that can be counted."""
