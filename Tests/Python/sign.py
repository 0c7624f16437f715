"""Signs requests with botocore, for comparison: reads a JSON list, writes the signatures' list."""

import base64
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

signatures = []
for request in json.load(sys.stdin):
    signer = (
        botocore.auth.S3SigV4Auth
        if request["service"] == "s3"
        else botocore.auth.SigV4Auth
    )
    auth = signer(
        Credentials(request["id"], request["secret"]),
        request["service"],
        request["region"],
    )
    made = AWSRequest(
        method=request["method"],
        url=request["url"],
        headers=dict(request["headers"]),
        data=base64.b64decode(request["body"]),
    )
    made.context["timestamp"] = made.headers["X-Amz-Date"]
    canonical = auth.canonical_request(made)
    signatures.append(auth.signature(auth.string_to_sign(made, canonical), made))
json.dump(signatures, sys.stdout)
