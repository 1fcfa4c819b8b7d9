# SPDX-License-Identifier: Apache-2.0
"""The floor: a bare socket that sends what a stream's reply is, without a server around it.

    bare.py PORT

Takes the same requests as the module `streams`: with a pause, each chunk is stamped and sent alone; without
one, chunks that were made beforehand are sent in pieces of 16 KiB.
"""

import json
import socket
import sys
import threading
import time

HEAD = (b"HTTP/1.1 200 OK\r\nContent-Type: application/jsonlines\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n")
ITEM = b'{"number":1000000}\n'
CHUNK = b"%x\r\n%s\r\n" % (len(ITEM), ITEM)
PIECE = (16 << 10) // len(CHUNK)


def request_of(client):
    data = b""
    while not data.endswith(b"}"):
        data += client.recv(65536)
    return json.loads(data.partition(b"\r\n\r\n")[2])


def serve(client):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client:
        try:
            request = request_of(client)
            if request["pause_s"]:
                time.sleep(request["pause_s"])
                item = b'{"made_ns":%d}\n' % time.clock_gettime_ns(time.CLOCK_MONOTONIC)
                client.sendall(HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(item), item))
                return
            client.sendall(HEAD)
            piece, left = CHUNK * PIECE, request["count"]
            while left >= PIECE:
                client.sendall(piece)
                left -= PIECE
            client.sendall(CHUNK * left + b"0\r\n\r\n")
        except OSError:
            pass  # The client has left.


def main():
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128) as listener:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()


if __name__ == "__main__":
    main()
