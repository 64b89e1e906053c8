"""Sends with PyPI's statsd to the port given, and prints how many sampled increments it has sent."""

import random
import sys

import statsd

client = statsd.StatsClient("127.0.0.1", int(sys.argv[1]), prefix="py")

for _ in range(100):
    client.incr("hits")
client.incr("hits", 5)
client.decr("hits", 2)

client.gauge("depth", 7)
client.gauge("depth", 3, delta=True)
client.gauge("depth", -1, delta=True)
client.gauge("below", -5)  # in two steps, in one datagram

client.timing("took", 320)
with client.timer("timed"):
    pass

with client.pipeline() as pipe:  # several lines in a datagram
    for user in ("ann", "bob", "ann"):
        pipe.set("users", user)
    for _ in range(200):
        pipe.incr("piped")

# The client draws once for each; the same seed tells how many it will send.
random.seed(7)
sampled = sum(random.random() <= 0.25 for _ in range(1000))
random.seed(7)
for _ in range(1000):
    client.incr("sampled", rate=0.25)
print(sampled)
