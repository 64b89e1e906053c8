"""Sends datagrams of several sizes to an echo server on the port given, and checks that each comes back unchanged."""

import os
import socket
import sys

peer = ("127.0.0.1", int(sys.argv[1]))
sizes = [1, 2, 64, 512, 1200, 1472, 2047, 2048, 0]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(5)
    for size in sizes:
        sent = os.urandom(size)
        client.sendto(sent, peer)
        try:
            reply, sender = client.recvfrom(65536)
        except socket.timeout:
            sys.exit(f"{size} bytes: no reply within 5 s")
        if sender != peer:
            sys.exit(f"{size} bytes: the reply came from {sender}, not {peer}")
        if reply != sent:
            sys.exit(f"{size} bytes: {len(reply)} bytes came back, or others than were sent")
print(len(sizes))
