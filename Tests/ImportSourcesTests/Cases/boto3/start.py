import boto3
import sys

KEY = sys.argv[1]
emr = boto3.client("emr", region_name="us-west-2")
settings = {"ReleaseLabel": "emr-7.0.0", "LogUri": "s3://reef/logs/"}


def main():
    steps = []
    for month in range(1, 3):
        steps.append({
            "Name": f"Month {month}",
            "ActionOnFailure": "CONTINUE",
            "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit", KEY, str(month), "{{ ds }}"]},
        })
    emr.run_job_flow(
        Name="reef",
        Instances={
            "MasterInstanceType": "m5.xlarge",
            "SlaveInstanceType": "m5.xlarge",
            "InstanceCount": int(os.getenv("NODES", "3")),
        },
        Steps=steps,
        **settings,
    )
