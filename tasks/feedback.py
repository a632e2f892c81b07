"""The steps of feedback as Prefect tasks."""

from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from caseline.actions import ask_addresses, chat_asks, chat_run, follow_up, judge_ask, run_feedback, trigger_asks
from caseline.actions import send_asks as sending
from caseline.actions.counted import counted
from caseline.actions.wiring import House


def _now() -> datetime:
    return datetime.now(UTC)


@task(name="make-asks", task_run_name="whom to ask", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def make_asks(house: House) -> dict[str, str]:
    """Make the asks that are due; answers why campaigns could not be used. Run twice, it makes none twice."""
    done = trigger_asks.run(house, now=_now())
    get_run_logger().info(run_feedback.made(done))
    return done.faults


@task(
    name="ask-for-addresses",
    task_run_name="questions to managers",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=5,
)
def ask_for_addresses(house: House) -> None:
    """Ask managers for addresses, remind them, ask their heads. Run twice, each letter is queued once."""
    done = ask_addresses.run(house, now=_now())
    get_run_logger().info("%s", done)


@task(name="send-asks", task_run_name="letters and chats", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def send_asks(house: House) -> None:
    """Queue the letters that are due and begin dialogues. Run twice, each is queued once."""
    done = sending.run(house, now=_now(), chat=chat_asks.start, clock=_now)
    if house.settings.chat_fault() is None:
        chat_run.run(house, now=_now(), clock=_now)
    written, failed = counted(done.written, "ask"), f"{done.failed:,} failed"
    get_run_logger().info("%s written, %s, %s settled", written, failed, f"{done.settled:,}")
    if done.problem is not None:
        get_run_logger().warning("some wait: %s", done.problem)


@task(name="judge-asks", task_run_name="what came", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def judge_asks(house: House) -> None:
    """Judge what waited for its quiet period. Run twice, it comes to the same."""
    get_run_logger().info("%s judged", counted(judge_ask.run(house, now=_now()), "ask"))


@task(name="do-what-follows", task_run_name="what follows", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def do_what_follows(house: House) -> None:
    """Do what follows from answers, each once."""
    get_run_logger().info("%s", follow_up.run(house, now=_now()))


@task(name="remind-asks", task_run_name="reminders", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def remind_asks(house: House) -> None:
    """Queue reminders, one for each ask, and end links. Run twice, the second time finds none."""
    reminded, ended = sending.remind(house, now=_now())
    get_run_logger().info("%s written, %s ended", counted(reminded, "reminder"), counted(ended, "link"))
