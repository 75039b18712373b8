from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from bench.rig.site import reserved_port
from zuka.up.ports import Address, find_holder, read_address, refuse_unless_free
from zuka.up.refusals import Refusal


@pytest.fixture
def busy() -> Iterator[Address]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield Address("127.0.0.1", listener.getsockname()[1])


def test_address_defaults_to_this_machine():
    assert read_address({}) == Address("127.0.0.1", 8000)
    assert read_address({"ZUKA_HOST": "0.0.0.0", "ZUKA_PORT": "8001"}).url == "http://127.0.0.1:8001"
    assert read_address({"ZUKA_HOST": "::1", "ZUKA_PORT": "8001"}).url == "http://[::1]:8001"


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8000.5"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(Refusal, match=f"^ZUKA_PORT is '{port}', which is no port. Set it to a number"):
        read_address({"ZUKA_PORT": port})


def test_a_free_port_is_accepted():
    with reserved_port() as port:
        refuse_unless_free(Address("127.0.0.1", port))


def test_a_busy_port_is_told_with_its_holder_and_a_free_one(busy):
    with pytest.raises(Refusal) as caught:
        refuse_unless_free(busy)
    said = str(caught.value)
    assert said.startswith(f"port {busy.port} is in use by process {os.getpid()} (")
    assert ". Stop it, or choose another port: ZUKA_PORT=" in said
    assert "\n" not in said


def test_the_holder_is_the_process_that_listens(busy):
    holder = find_holder(busy.port)
    assert holder is not None
    assert holder.pid == os.getpid()


def test_nobody_holds_a_port_on_which_nobody_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert find_holder(bound.getsockname()[1]) is None


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(Refusal, match=r"^ZUKA_HOST=192\.0\.2\.1 is no address of this machine"):
        refuse_unless_free(Address("192.0.2.1", 8000))
