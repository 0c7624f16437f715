#!/bin/bash
# Nightly cluster
set -e
BUCKET=acme-etl
export AWS_DEFAULT_REGION=eu-west-1
CORE=${CORE_COUNT:-4}
DAY=$(date -u +%Y-%m-%d)
cat > steps.json <<END
[{"Type": "CUSTOM_JAR", "Name": "Copy", "Jar": "command-runner.jar", "ActionOnFailure": "CONTINUE",
  "Args": ["s3-dist-cp", "--src", "s3://$BUCKET/in/$DAY/", "--dest", "hdfs:///in/"]}]
END
aws emr create-cluster --name "Nightly ETL" --region eu-west-1 --release-label emr-6.15.0 \
  --applications Name=Hadoop Name=Spark Name=Hive \
  --ec2-attributes KeyName=$KEY,SubnetId=subnet-0123abcd,InstanceProfile=EMR_EC2_DefaultRole \
  --service-role EMR_DefaultRole \
  --instance-groups InstanceGroupType=MASTER,InstanceCount=1,InstanceType=m5.xlarge \
    InstanceGroupType=CORE,InstanceCount=$CORE,InstanceType=r5.xlarge,BidPrice=0.2 \
  --configurations '[{"Classification":"spark","Properties":{"maximizeResourceAllocation":"true"}}]' \
  --bootstrap-actions Path=s3://$BUCKET/boot.sh,Args=[a,b],Name=Boot \
  --steps Type=Spark,Name="Enrich ${DAY}",ActionOnFailure=TERMINATE_CLUSTER,Args=[--deploy-mode,cluster,--class,com.acme.E,s3://$BUCKET/jars/e.jar,--in,hdfs:///in/,--day,$DAY] \
    Type=HIVE,Name=Report,Args=[-f,s3://$BUCKET/q.hql,-d,DAY=$DAY] \
  --log-uri s3://$BUCKET/logs/ --tags team=data env=prod --enable-debugging --auto-terminate --emrfs SSE=true --foo bar
