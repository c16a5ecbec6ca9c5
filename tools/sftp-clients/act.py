"""One act of paramiko: act.py host port user password put|get|rename|remove from [to]"""

import sys

import paramiko

host, port, user, password, act, *paths = sys.argv[1:]
with paramiko.SSHClient() as client:
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(host, int(port), user, password, allow_agent=False, look_for_keys=False)
    sftp = client.open_sftp()
    {"put": sftp.put, "get": sftp.get, "rename": sftp.rename, "remove": sftp.remove}[act](*paths)
