from collections.abc import Callable
from pathlib import Path

import psycopg
import redis

from config.embedded.locations import socket_link

from .conftest import Services

Eventually = Callable[[Callable[[], object]], None]


def test_the_first_start_gives_both_services(services: Services) -> None:
    holder = services.hold()
    with psycopg.connect(holder.database) as connection:
        assert connection.execute("select current_database()").fetchone() == ("app",)
    assert redis.Redis.from_url(holder.redis).ping()


def test_russian_words_have_trigrams_and_ignore_case(services: Services) -> None:
    with psycopg.connect(services.hold().database) as connection:
        connection.execute("create extension pg_trgm")
        assert connection.execute("select similarity('возврат', 'ВОЗВРАТА') > 0.5").fetchone() == (True,)


def test_a_second_start_finds_what_the_first_one_kept(services: Services) -> None:
    first = services.hold()
    with psycopg.connect(first.database) as connection:
        connection.execute("create table kept as select 42 as answer")
    redis.Redis.from_url(first.redis).set("kept", "42")
    services.clean_up()
    second = services.hold()
    with psycopg.connect(second.database) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)
    assert redis.Redis.from_url(second.redis).get("kept") == b"42"


def test_starters_at_once_share_one_run(services: Services) -> None:
    starters = [services.begin() for _number in range(4)]
    urls = {services.finish(starter).database for starter in starters}
    assert len(urls) == 1
    assert len(services.pids("config.embedded.supervisor")) == 1


def test_a_folder_may_lie_deeper_than_a_socket_path_can_say(services: Services) -> None:
    services.base = services.base / "/".join(["глубокая папка"] * 12)
    assert len(str(services.base).encode()) > 107
    with psycopg.connect(services.hold().database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_the_link_in_tmp_comes_back_when_a_cleaner_took_it(services: Services, eventually: Eventually) -> None:
    holder = services.hold()
    link = socket_link(services.base)
    link.unlink()
    eventually(link.is_symlink)
    with psycopg.connect(holder.database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_the_environment_of_the_starter_does_not_bend_the_servers(services: Services) -> None:
    services.environment = {"PGPORT": "1", "PGOPTIONS": "-c nonsense=1", "LC_ALL": "xx_XX.nonsense", "LANG": "xx_XX"}
    with psycopg.connect(services.hold().database) as connection:
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)


def test_files_that_a_dead_run_left_behind_do_not_stop_the_next(services: Services) -> None:
    services.hold()
    services.clean_up()
    run = services.base / "run"
    (services.base / "pg/data/postmaster.pid").write_text(f"1\n{services.base}/pg/data\n1\n5432\n{run}\n\n\n")
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock", "v.sock"):
        (run / name).write_text("1\n")
    (services.base / "stop").touch()
    with psycopg.connect(services.hold().database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_start_killed_while_it_made_the_cluster_leaves_no_half_of_one(
    services: Services, eventually: Eventually
) -> None:
    starter = services.begin()
    draft = services.base / "pg/new/PG_VERSION"
    eventually(draft.exists)
    services.kill("config.embedded.supervisor")
    starter.communicate(timeout=10)
    eventually(services.all_dead)
    assert not Path(services.base / "pg/data").exists()
    with psycopg.connect(services.hold().database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
