"""The ledger of bonuses against a purse of single coins, each of which knows when it ends and where it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from caseline.feedback import bonus
from caseline.feedback.bonus import Credit, Kind, Line, State, Visit

DAY = datetime(2026, 4, 6, tzinfo=UTC)


@dataclass
class Coin:
    """One unit of a credit."""

    credit: int
    ends: int
    visit: int | None = None
    """Where it is kept or used."""
    used: bool = False
    gone: bool = False


@dataclass
class Purse:
    """What somebody has, coin by coin."""

    coins: list[Coin] = field(default_factory=list)

    def free(self, day: int) -> list[Coin]:
        return [one for one in self.coins if one.visit is None and not one.gone and one.ends > day]

    @property
    def balance(self) -> int:
        return sum(one.visit is None and not one.gone for one in self.coins)

    def at(self, visit: int) -> list[Coin]:
        return [one for one in self.coins if one.visit == visit]

    def see(self, visit: int, state: State, price: int | None, day: int) -> None:
        """What becomes of the coins when a visit is looked at; the coin that ends first goes first."""
        mine = self.at(visit)
        if any(one.used for one in mine):
            if state is State.CANCELLED:
                self._back(mine)
            return
        if state is State.CANCELLED or (state is State.DONE and (price is None or not mine)):
            self._back(mine)
        elif price is None:
            for one in self.free(day) if not mine else ():
                one.visit = visit
        else:
            others = sorted(self.free(day), key=lambda one: (one.ends, one.credit))
            spent = [*sorted(mine, key=lambda one: (one.ends, one.credit)), *others][:price]
            self._back(mine)
            for one in spent:
                one.visit, one.used = visit, True

    def end(self, day: int) -> None:
        for one in self.coins:
            one.gone = one.gone or (one.visit is None and one.ends <= day)

    @staticmethod
    def _back(coins: Sequence[Coin]) -> None:
        for one in coins:
            one.visit, one.used = None, False


@dataclass
class Ledger:
    """The lines that the rules make, with what they leave of credits, as the store keeps it."""

    credits: dict[int, Credit] = field(default_factory=dict)
    amounts: dict[int, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    of_visit: dict[int, list[Line]] = field(default_factory=dict)

    def give(self, amount: int, ends: int) -> None:
        number = len(self.credits) + 1
        self.amounts[number] = amount
        self.credits[number] = Credit(
            id=number, at=DAY - timedelta(days=1), expires_at=DAY + timedelta(days=ends), remaining=amount, applies=True
        )

    def see(self, visit: int, state: State, price: int | None, day: int) -> list[Line]:
        mine = self.of_visit.setdefault(visit, [])
        seen = Visit(state=state, service="usual", made_at=DAY, price=price)
        due = bonus.due(seen, mine, list(self.credits.values()), DAY + timedelta(days=day))
        for one in due:
            self._add(one)
        mine.extend(due)
        return due

    def end(self, day: int) -> None:
        for one in list(self.credits.values()):
            if one.remaining and one.expires_at <= DAY + timedelta(days=day):
                self._add(Line(Kind.EXPIRE, one.id, -one.remaining))

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        old = self.credits[line.credit_id]
        self.credits[line.credit_id] = replace(old, remaining=old.remaining + line.amount)
        assert 0 <= self.credits[line.credit_id].remaining <= self.amounts[line.credit_id]


VISITS = st.tuples(
    st.just("see"), st.integers(0, 2), st.sampled_from(list(State)), st.one_of(st.none(), st.integers(0, 12))
)
GIFTS = st.tuples(st.just("give"), st.integers(1, 9), st.integers(1, 20), st.none())
DAYS = st.tuples(st.just("wait"), st.integers(1, 6), st.booleans(), st.none())


@given(st.lists(st.one_of(VISITS, GIFTS, DAYS), max_size=25))
def test_the_ledger_says_what_a_purse_of_coins_holds(deeds: list[tuple[str, int, object, int | None]]) -> None:
    purse, ledger, day = Purse(), Ledger(), 0
    for what, number, more, price in deeds:
        if what == "give":
            assert isinstance(more, int)
            ledger.give(number, day + more)
            purse.coins += [Coin(len(ledger.credits), day + more) for _ in range(number)]
        elif what == "wait":
            day += number
            if more:
                ledger.end(day)
                purse.end(day)
        else:
            assert isinstance(more, State)
            ledger.see(number, more, price, day)
            purse.see(number, more, price, day)
            assert ledger.see(number, more, price, day) == [], "looked at again, nothing is left to do"
        assert bonus.balance(ledger.amounts, ledger.lines) == purse.balance
        assert sum(one.remaining for one in ledger.credits.values()) == purse.balance
        for visit, lines in ledger.of_visit.items():
            used = sum(bonus.outstanding(lines, Kind.APPLY, Kind.REVERSE).values())
            kept = sum(bonus.outstanding(lines, Kind.RESERVE, Kind.RELEASE).values())
            assert used == sum(one.used for one in purse.at(visit))
            assert kept == sum(not one.used for one in purse.at(visit))


def test_a_credit_is_for_later_visits_of_its_services_alone() -> None:
    made = Credit(id=1, at=DAY, expires_at=DAY + timedelta(days=9), remaining=5, services=frozenset({"oven"}))
    visit = Visit(state=State.OPEN, service="oven", made_at=DAY, price=9)

    assert bonus.usable([made], visit, DAY) == [made]
    assert bonus.usable([made], replace(visit, service="pump"), DAY) == []
    assert bonus.usable([made], replace(visit, made_at=DAY - timedelta(seconds=1)), DAY) == []
    assert bonus.usable([made], visit, made.expires_at) == []
    assert bonus.usable([replace(made, remaining=0)], visit, DAY) == []
    assert bonus.due(visit, [], [made], DAY) == [], "it is shown; no price is lowered by itself"
