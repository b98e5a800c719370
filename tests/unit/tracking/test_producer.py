"""Whether a producer is gone: host, process and start time together."""

import os
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from reprocast.tracking.producer import Producer, from_tags, this_process


def test_this_process_lives() -> None:
    here = this_process()
    assert here.pid == os.getpid()
    assert here.lives_here()
    assert not here.is_gone()


def test_a_process_that_ended_is_gone_even_before_its_parent_has_noticed() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    producer = Producer(this_process().host, process.pid, psutil.Process(process.pid).create_time())
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert producer.is_gone()
    process.wait()
    assert producer.is_gone()


@pytest.mark.parametrize(
    ("change", "gone"),
    [({"start": 1.0}, True), ({"host": "elsewhere"}, False), ({"host": "x", "pid": 1}, False)],
)
def test_number_and_host_alone_do_not_make_the_producer(change: dict, gone: bool) -> None:
    other = replace(this_process(), **change)
    assert other.is_gone() == gone
    assert not other.lives_here()


def test_it_survives_being_written_as_tags() -> None:
    assert from_tags(this_process().tags()) is not None
    assert not from_tags(this_process().tags()).is_gone()


@pytest.mark.parametrize("tags", [{}, {"host": "a", "pid": "one", "process_start": "1"}])
def test_tags_without_a_producer_name_none(tags: dict) -> None:
    assert from_tags(tags) is None
