"""What the settings learn from a desk that runs from the same folder."""

from pathlib import Path

from config.running_desk import find_ports, lock_path, note_ports
from config.supervision.preparation import claim_checkout

PORTS = {"PORT": 8010, "SIMULATOR_PORT": 8012}


def test_a_running_desk_says_its_ports(tmp_path: Path) -> None:
    assert find_ports(tmp_path) == {}
    with claim_checkout(tmp_path) as lock:
        assert find_ports(tmp_path) == {}
        note_ports(lock, PORTS)
        assert find_ports(tmp_path) == PORTS


def test_what_an_ended_desk_has_left_counts_for_nothing(tmp_path: Path) -> None:
    for ports in (PORTS, {"PORT": 8020}):
        with claim_checkout(tmp_path) as lock:
            note_ports(lock, ports)
            assert find_ports(tmp_path) == ports
        assert find_ports(tmp_path) == {}


def test_a_spoilt_file_counts_for_nothing(tmp_path: Path) -> None:
    with claim_checkout(tmp_path) as lock:
        for spoilt in ("{", "[1]", '{"PORT": "x"}'):
            lock.truncate(0)
            lock.write(spoilt)
            lock.flush()
            assert find_ports(tmp_path) == {}
    assert lock_path(tmp_path).exists()
