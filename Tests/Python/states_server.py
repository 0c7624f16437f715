"""The mock of AWS of emr_server.py, with Step Functions: moto's interpreter, and JSONata in Python.

The clock ticks by itself, ten times a second. Writes its port, and ends when its input does.
"""

import pathlib
import threading
import time

import jsonata
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.jsonata import jsonata as hook
from moto.stepfunctions.parser.asl.utils import boto_client

default_user_config["stepfunctions"] = {"execute_state_machine": True}
# Moto comes without what evaluates JSONata.
hook._eval_jsonata = lambda expression: jsonata.Jsonata(expression).evaluate(None)

# Tasks call this server, whose port isn't moto's usual one.
boto_client.moto_server_port = lambda: globals_["server"].server_port

here = pathlib.Path(__file__).parent
globals_ = {}


def ticking():
    import moto.emr.models as models

    while True:
        time.sleep(0.1)
        for account in list(models.emr_backends.values()):
            for backend in list(account.values()):
                for cluster in list(backend.clusters.values()):
                    globals_["tick"](cluster)


source = (here / "emr_server.py").read_text()
threading.Thread(target=ticking, daemon=True).start()
exec(compile(source, str(here / "emr_server.py"), "exec"), globals_)
