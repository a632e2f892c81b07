"""What a public page reads and writes is found by indexes, by plans that were made when its tables were empty, too."""

from dataclasses import replace

import sqlalchemy as sa

from caseline.db.engine import open_engine
from tests.factories.feedback_asks import Asking, asking

__all__ = ["asking"]

READ = """
SELECT relname, seq_tup_read FROM pg_stat_user_tables
WHERE schemaname = 'feedback' AND relname IN ('ask', 'secret', 'answer', 'rating', 'signal', 'effect')
"""
PEOPLE = 12


def read(engine: sa.Engine) -> dict[str, int]:
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    with engine.begin() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql(READ)}


def test_a_page_and_an_answer_read_no_table_from_end_to_end(asking: Asking, database_url: str) -> None:
    engine = open_engine(database_url, keep=1, prepares=True)
    served = Asking(replace(asking.house, engine=engine))
    links = [asking.sent(subject_id=700 + number) for number in range(PEOPLE)]
    paths = [sent.path for sent in links]
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")  # the planner knows by now that they are all but empty
    before = read(engine)

    for number, path in enumerate(paths):
        client = served.client(address=f"192.0.{number}.7")
        page = client.get(path)
        assert client.save(page, path, rating="5", comment="Спасибо").status_code == 303
        assert client.get(path).status_code == 200

    after = read(engine)
    engine.dispose()
    assert all(sent.counted == {"rating": 5} for sent in links)
    assert after == before
