"""The ground that other tests stand on."""

import socket
import urllib.request

import psycopg
import pytest

from tests.postgres import PostgresServer

ELSEWHERE = "192.0.2.1"  # TEST-NET-1 of RFC 5737: nobody is there.


@pytest.mark.parametrize("url", [f"http://{ELSEWHERE}/", "http://example.com/"])
def test_a_test_that_reaches_for_the_network_fails(url: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="network"):
        urllib.request.urlopen(url, timeout=1)


def test_a_datagram_to_elsewhere_is_refused_too() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(pytest.fail.Exception, match="network"):
        sender.sendto(b"", (ELSEWHERE, 9))


def test_this_machine_may_be_talked_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_each_database_is_new_and_like_its_template(postgres_server: PostgresServer) -> None:
    template = postgres_server.create()
    with psycopg.connect(template.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept (cents bigint)")
        connection.execute("INSERT INTO kept VALUES (12345)")

    for url in (postgres_server.create(template), postgres_server.create(template)):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            assert [(12345,)] == connection.execute("DELETE FROM kept RETURNING cents").fetchall()
        postgres_server.drop(url)


def test_a_new_database_is_empty(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall()

    assert [(0,)] == tables
