"""The peer of bench/cases.py: the same approval in SpiffWorkflow, saved as JSON in SQLite after every step.

Run by the interpreter of an environment of its own that holds SpiffWorkflow (LGPL-3) and nothing of CityLoop:

    uv venv /tmp/spiff && uv pip install --python /tmp/spiff/bin/python SpiffWorkflow
    python bench/cases.py --spiff /tmp/spiff/bin/python

Each step loads the case, completes one task and saves the case in one transaction (WAL, synchronous=FULL), as cases
that wait for days must. Plain ``sqlite3``, no log, audit or events: it does less than the side it is compared with.
"""

import io
import json
import sqlite3
import sys
import time
from pathlib import Path

REVIEWS = ("police", "fire", "health", "planning")


def _bpmn() -> str:
    flows = [("start", "accept"), ("accept", "fork"), *(("fork", name) for name in REVIEWS),
             *((name, "join") for name in REVIEWS), ("join", "finish"), ("finish", "end"),
             *((f"t_{name}", f"e_{name}") for name in REVIEWS)]  # fmt: skip
    tasks = "".join(
        f'<bpmn:userTask id="{name}" name="{name}"/>' for name in ("accept", *REVIEWS, "finish")
    )
    timers = "".join(
        f'<bpmn:boundaryEvent id="t_{name}" cancelActivity="false" attachedToRef="{name}"><bpmn:timerEventDefinition>'
        f'<bpmn:timeDuration>"P2D"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
        f'<bpmn:endEvent id="e_{name}"/>'
        for name in REVIEWS
    )
    arrows = "".join(
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(flows)
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
        '<bpmn:process id="approval" isExecutable="true"><bpmn:startEvent id="start"/>'
        f'{tasks}{timers}<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>'
        f"{arrows}</bpmn:process></bpmn:definitions>"
    )


def run(folder: Path, count: int) -> dict[str, float]:
    """Run ``count`` approvals to their end and return steps and seconds."""
    from lxml import etree
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(_bpmn().encode())), filename="approval.bpmn")
    spec = parser.get_spec("approval")
    serializer = BpmnWorkflowSerializer()
    db = sqlite3.connect(folder / f"spiff-{time.time_ns()}.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, body TEXT)")

    def save(number: int, workflow: BpmnWorkflow) -> None:
        body = serializer.serialize_json(workflow)
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT OR REPLACE INTO cases VALUES (?, ?)", (number, body))
        db.execute("COMMIT")

    def step(number: int) -> bool:
        (body,) = db.execute("SELECT body FROM cases WHERE id = ?", (number,)).fetchone()
        workflow = serializer.deserialize_json(body)
        task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.run()
        workflow.do_engine_steps()
        save(number, workflow)
        return not workflow.is_completed()

    steps, started = 0, time.perf_counter()
    for number in range(count):
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        save(number, workflow)
        steps += 1
        more = True
        while more:
            more = step(number)
            steps += 1
    return {"steps": steps, "seconds": time.perf_counter() - started}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]))))
