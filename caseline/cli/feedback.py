"""The family `caseline feedback`: campaigns that ask people, whom they would ask, and what came back."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, feedback_files, feedback_sites, screen
from caseline.cli.choices import JsonOption, RequestArgument
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.foresee_asks import Foreseen

_Campaign = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its code, as `caseline feedback list` shows.")]
_Since = Annotated[
    datetime | None,
    typer.Option("--since", metavar="TIME", help="Ask about what happens from then on (UTC); now unless said."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Feedback: campaigns, whom they ask, and what came back.", no_args_is_help=True)
    family.command("list")(listed)
    family.command("try")(tried)
    for command in (on, off, ask, why, run):
        family.command()(command)
    feedback_files.register(family)
    family.add_typer(feedback_sites.sites(), name="site")
    app.add_typer(family, name="feedback")


def listed(as_json: JsonOption = False) -> None:
    """List campaigns: which are on, and since when they ask."""
    from caseline.actions import keep_campaigns

    with door.house() as house:
        found = keep_campaigns.campaigns(house, now=door.now())
    if as_json:
        screen.print_json({"campaigns": plain(found)})
        return
    table = screen.table("campaign", "kind", "name", "asks since (UTC)")
    for one in found:
        since = "off" if one.switched_on_at is None else f"{one.switched_on_at:%Y-%m-%d %H:%M}"
        table.add_row(one.code, str(one.document.get("kind", "")), one.campaign.name["ru"], since)
    screen.out().print(table)


def on(campaign: _Campaign, since: _Since = None, as_json: JsonOption = False) -> None:
    """Switch a campaign on. Stages that it waits for and that are not there are made. Try it before: `feedback try`."""
    from caseline.actions import keep_campaigns
    from caseline.actions.editing import Editor

    with door.house() as house:
        at = None if since is None else since.replace(tzinfo=UTC)
        kept = keep_campaigns.switch_on(house, campaign, Editor(None, door.now()), since=at)
    if as_json:
        screen.print_json(plain(kept))
    else:
        screen.out().print(
            f"{campaign} is on: it asks about what happens from {kept.switched_on_at:%Y-%m-%d %H:%M} UTC on"
        )


def off(campaign: _Campaign, as_json: JsonOption = False) -> None:
    """Switch a campaign off: it asks nobody new, and what has not left is cancelled. What was sent can be answered."""
    from caseline.actions import keep_campaigns
    from caseline.actions.editing import Editor

    with door.house() as house:
        kept = keep_campaigns.switch_off(house, campaign, Editor(None, door.now()))
    if as_json:
        screen.print_json(plain(kept))
    else:
        screen.out().print(f"{campaign} is off")


def tried(
    campaign: _Campaign,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="TIME", help="As if it had been on since then (UTC); 30 days ago unless said."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say whom a campaign would ask now, and whom not and why. Nothing is changed, and nobody is written to."""
    from caseline.actions import foresee_asks

    with door.house() as house, screen.busy("Looking at what is in its stages"):
        at = None if since is None else since.replace(tzinfo=UTC)
        found = foresee_asks.foresee(house, campaign, now=door.now(), since=at)
    if as_json:
        screen.print_json(plain(found))
        return
    _show(found)


def _show(found: "Foreseen") -> None:
    console = screen.out()
    console.print(f"As if it had been on since {found.since:%Y-%m-%d %H:%M} UTC:")
    console.print(f"would ask about {counted(found.asked, 'request')}; decided already: {found.already:,}")
    if found.no_address:
        console.print(f"no address, would wait for one: {found.no_address:,}")
    if found.skipped:
        table = screen.table("nobody is asked because", "requests", numbers=("requests",))
        for reason, number in found.skipped.most_common():
            table.add_row(reason, f"{number:,}")
        console.print(table)
    table = screen.table("request", "there since (UTC)", "address", "", numbers=("request",))
    for line in found.lines[:50]:
        said = "asked" if line.decided.skip is None else f"not: {line.decided.skip.value}"
        said = "waits for an address" if line.waits else said
        if line.decided.free_at is not None:
            said += f", free from {line.decided.free_at:%Y-%m-%d}"
        one = line.found
        table.add_row(str(one.record_id), f"{one.since:%Y-%m-%d %H:%M}", one.email or "no address", said)
    if found.lines:
        console.print(table)


def ask(
    campaign: _Campaign,
    request: RequestArgument,
    as_json: JsonOption = False,
) -> None:
    """Ask about a request now, whatever the campaign waits for; once a day for each."""
    from caseline.actions import find_request, foresee_asks
    from caseline.actions.editing import Editor

    with door.house() as house:
        found = find_request.id_of(house, request)
        made = foresee_asks.ask_by_hand(house, campaign, found, Editor(None, door.now()))
    if as_json:
        screen.print_json(plain(made))
    else:
        screen.out().print(f"ask {made.public_id}: {made.state}")


def why(request: RequestArgument, as_json: JsonOption = False) -> None:
    """Say of each campaign that is on whether it has asked about a request, and why not."""
    from caseline.actions import find_request, foresee_asks

    with door.house() as house:
        found = foresee_asks.why_not(house, find_request.id_of(house, request), now=door.now())
    if as_json:
        screen.print_json({"campaigns": plain(found)})
        return
    if not found:
        screen.out().print("No campaign is on: `caseline feedback list` names them")
    for one in found:
        if one.ask is not None:
            said = f"{one.ask.state}" + (f": {one.ask.reason}" if one.ask.reason else "")
            if one.ask.state == "queued" and one.ask.due_at is not None:
                said += f"; its letter is due at {one.ask.due_at:%Y-%m-%d %H:%M} UTC (delay and quiet hours)"
        elif one.decided is None or one.decided.skip is None:
            said = "not asked yet"
        else:
            said = f"would not ask: {one.decided.reason}"
            if one.decided.free_at is not None:
                said += f"; from {one.decided.free_at:%Y-%m-%d %H:%M} UTC on it would"
        screen.out().print(f"{one.campaign}: {said}")


def run(as_json: JsonOption = False) -> None:
    """Do what is due: make asks, queue their letters, judge what came, do what follows; remind and end.

    The deployments trigger-feedback, confirm-ratings and remind-feedback do this by themselves.
    """
    from caseline.actions import run_feedback

    with door.house() as house:
        done = run_feedback.run(house, now=door.now(), clock=door.now)
    if as_json:
        screen.print_json(plain(done))
        return
    for line in run_feedback.lines(done):
        screen.out().print(line)
    for code, fault in done.triggered.faults.items():
        screen.complain(f"{code}: {fault}")
    if done.triggered.faults:
        raise typer.Exit(1)
