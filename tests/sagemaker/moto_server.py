# SPDX-License-Identifier: Apache-2.0
"""A moto server that checks signatures and policies, and users in it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
from fake_aws import REGION

# Calls that moto lets through before it begins to check: making the first user.
FREE_CALLS = 3
ADMIN = {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MotoServer:
    def __init__(self, log):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [os.path.join(os.path.dirname(sys.executable), "moto_server"), "-H", "127.0.0.1",
             "-p", str(self.port)],
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(FREE_CALLS),
                 "AWS_DEFAULT_REGION": REGION},
            stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url + "/moto-api/data.json", timeout=2).read()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert self.process.poll() is None and time.monotonic() < deadline
                time.sleep(0.1)
        iam = boto3.client("iam", endpoint_url=self.url, region_name=REGION,
                           aws_access_key_id="first", aws_secret_access_key="first")
        iam.create_user(UserName="admin")
        iam.put_user_policy(UserName="admin", PolicyName="all", PolicyDocument=json.dumps(ADMIN))
        self.admin = iam.create_access_key(UserName="admin")["AccessKey"]
        self.client("iam").create_role(
            RoleName="MyRole", AssumeRolePolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "sts:AssumeRole",
                     "Principal": {"Service": "sagemaker.amazonaws.com"}}]}))

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION,
                            aws_access_key_id=self.admin["AccessKeyId"],
                            aws_secret_access_key=self.admin["SecretAccessKey"])

    def bucket(self, name):
        s3 = self.client("s3")
        if name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=name,
                             CreateBucketConfiguration={"LocationConstraint": REGION})
        return s3

    def user(self, name, policy):
        """Keys of a new user with one policy."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        self.set_policy(name, policy)
        return iam.create_access_key(UserName=name)["AccessKey"]

    def set_policy(self, name, policy):
        self.client("iam").put_user_policy(UserName=name, PolicyName="policy",
                                           PolicyDocument=json.dumps(policy))

    def queue_answer(self, body):
        request = urllib.request.Request(
            "http://127.0.0.1:%d/moto-api/static/sagemaker/endpoint-results" % self.port,
            method="POST", headers={"Content-Type": "application/json"},
            data=json.dumps({"region": REGION, "results": [
                {"Body": body, "ContentType": "application/json"}]}).encode())
        urllib.request.urlopen(request, timeout=10).read()

    def close(self):
        self.process.terminate()
        self.process.wait(20)


def keys_environment(url, keys):
    return {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]}
