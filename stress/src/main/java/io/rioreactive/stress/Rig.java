package io.rioreactive.stress;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.ManualPump;
import io.rioreactive.test.SimulatedKernel;
import io.rioreactive.test.SimulatedSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A connection of 4 receive slots on a pump that is turned by whoever says so. */
final class Rig {

  static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 9);

  private static final int DATAGRAM_SIZE = 16;

  final SimulatedKernel kernel;
  final ManualPump pump;
  final RioConnection connection;
  final SimulatedSocket socket;
  private int wakesBefore;

  Rig(SimulatedKernel kernel) {
    this.kernel = kernel;
    pump = ManualPump.over(kernel);
    AtomicReference<RioConnection> bound = new AtomicReference<>();
    RioUdpServer.create()
        .receiveSlots(4)
        .sendSlots(4)
        .datagramSize(DATAGRAM_SIZE)
        .runOn(pump.group())
        .bind()
        .subscribe(bound::set);
    pump.run();
    connection = Objects.requireNonNull(bound.get());
    socket = kernel.lastSocket();
  }

  /** Subscribes without demand. */
  Sink subscribe() {
    Sink sink = new Sink();
    connection.receive().subscribe(sink);
    return sink;
  }

  void arrive() {
    socket.deliver(new byte[1], PEER);
  }

  /** One that does not fit, and is dropped and counted. */
  void arriveTooLong() {
    socket.deliver(new byte[DATAGRAM_SIZE + 1], PEER);
  }

  /** Runs the pump until it is parked, and forgets what woke it before. */
  void park() {
    pump.run();
    wakesBefore = pump.wakes();
  }

  /** What the pump's thread would do if it was woken since {@link #park}: nothing if it was not. */
  void turnIfWoken() {
    if (pump.wakes() > wakesBefore) {
      pump.run();
    }
  }

  /** Whether everything received is accounted for. */
  boolean conserves() {
    RioStats stats = connection.stats();
    return stats.received() == stats.delivered() + stats.skipped() + stats.droppedTotal();
  }

  /** Gives the memory back: there are millions of these. */
  void close() {
    pump.close();
  }

  /** Counts what it is given. */
  static final class Sink extends BaseSubscriber<Object> {

    int taken;
    int ends;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // demand is the test's
    }

    @Override
    protected void hookOnNext(Object value) {
      taken++;
    }

    @Override
    protected void hookOnComplete() {
      ends++;
    }

    @Override
    protected void hookOnError(Throwable failure) {
      ends++;
    }
  }
}
