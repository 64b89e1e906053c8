"""QUIC by aioquic: an echo server, or a client that sends 200,000 bytes and wants them back.

  quic.py server PORT      prints "listening on PORT" and runs until it is ended
  quic.py client PORT      exit status 0: all came back as it was sent
"""

import asyncio
import os
import ssl
import sys

from aioquic.asyncio import connect, serve
from aioquic.quic.configuration import QuicConfiguration

SIZE = 200_000


async def server(port):
    configuration = QuicConfiguration(is_client=False)
    configuration.load_cert_chain("cert.pem", "key.pem")

    def echo(reader, writer):
        asyncio.ensure_future(answer(reader, writer))

    async def answer(reader, writer):
        writer.write(await reader.read())
        writer.write_eof()

    running = await serve("127.0.0.1", port, configuration=configuration, stream_handler=echo)
    print("listening on", running._transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


async def client(port):
    configuration = QuicConfiguration(is_client=True, verify_mode=ssl.CERT_NONE)
    sent = os.urandom(SIZE)
    async with connect("127.0.0.1", port, configuration=configuration) as connection:
        reader, writer = await connection.create_stream()
        writer.write(sent)
        writer.write_eof()
        came = await reader.read()
    if came != sent:
        sys.exit(f"{len(came)} bytes came back, and they are not what was sent")
    print(SIZE, "bytes came back", flush=True)


asyncio.run({"server": server, "client": client}[sys.argv[1]](int(sys.argv[2])))
