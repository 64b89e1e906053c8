package io.rioreactive.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The peer: sends datagrams with numbers to one address, and counts what it has sent and what has
 * come back. The count is its own, the server's is held to it.
 *
 * <pre>
 * PAUSED ──run──▶ RUNS: so many are under way at most, which is what the server can take
 *    ▲  ◀─pause─
 *    └──────────▶ FLOODS: as fast as it can be sent, whatever comes back
 * </pre>
 *
 * <p>Two threads of its own, one sends and one receives; all methods are for the run's thread.
 */
final class Load implements AutoCloseable {

  private static final int UNDER_WAY = 64;

  /** Without an answer for so long, what is under way is lost. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Where nobody answers: so many, then a break. */
  private static final int BURST = 32;

  private static final long BREAK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Where somebody answers. */
  private static final long GLANCE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  /** As much as the system gives without asking. */
  private static final int RECEIVE_BUFFER = 4 << 20;

  private enum State {
    PAUSED,
    RUNS,
    FLOODS,
    ENDS
  }

  private final DatagramChannel channel;
  private final InetSocketAddress target;
  private final Numbers numbers;
  private final boolean isAnswered;
  private final Thread sender;

  private volatile State wanted = State.PAUSED;
  private volatile State state = State.PAUSED;

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong corrupt = new AtomicLong();
  private volatile long latestAnswer = -1;

  private Load(InetSocketAddress target, long seed, boolean isAnswered) throws IOException {
    this.target = target;
    this.isAnswered = isAnswered;
    numbers = new Numbers(seed);
    channel =
        DatagramChannel.open(StandardProtocolFamily.INET)
            .setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER)
            .bind(new InetSocketAddress(target.getAddress(), 0));
    sender = Thread.ofPlatform().daemon().name("load-sender").start(this::send);
    Thread.ofPlatform().daemon().name("load-receiver").start(this::receive);
  }

  /** To a server that sends back what it gets. */
  static Load ofEchoes(InetSocketAddress target, long seed) throws IOException {
    return new Load(target, seed, true);
  }

  /** To a server that answers nothing. */
  static Load unanswered(InetSocketAddress target, long seed) throws IOException {
    return new Load(target, seed, false);
  }

  // ---- the run's thread

  void run() throws InterruptedException {
    change(State.RUNS);
  }

  void flood() throws InterruptedException {
    change(State.FLOODS);
  }

  /** When it returns nothing is sent any more. */
  void pause() throws InterruptedException {
    change(State.PAUSED);
  }

  private void change(State to) throws InterruptedException {
    wanted = to;
    LockSupport.unpark(sender);
    Eventually.none("the load", () -> state == to ? null : "it is " + state + ", not " + to);
  }

  /**
   * Runs until what is sent from now on has an answer, and goes on.
   *
   * @return how long that took
   */
  Duration awaitAnswer() throws InterruptedException {
    run();
    long next = sent.get();
    return Eventually.none(
        "service is not back",
        () -> latestAnswer >= next ? null : "nothing sent since is answered, the load is " + this);
  }

  InetSocketAddress target() {
    return target;
  }

  boolean isAnswered() {
    return isAnswered;
  }

  /** Datagrams that the system took. */
  long sent() {
    return sent.get();
  }

  /** Datagrams that came back, each whole. */
  long answered() {
    return answered.get();
  }

  /** What came and is none of those that were sent. */
  long corrupt() {
    return corrupt.get();
  }

  /** Answers that did not fit the receive buffer of this peer. */
  long drops() throws IOException {
    return UdpTable.now().drops((InetSocketAddress) channel.getLocalAddress());
  }

  @Override
  public void close() throws IOException {
    wanted = State.ENDS;
    LockSupport.unpark(sender);
    channel.close(); // both threads end upon this
  }

  @Override
  public String toString() {
    return "%s: %,d sent, %,d refused by the system, %,d answered"
        .formatted(state, sent.get(), refused.get(), answered.get());
  }

  // ---- the sender

  private void send() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Numbers.LARGEST);
    Window window = new Window();
    while (wanted != State.ENDS) {
      State now = wanted;
      state = now;
      if (now == State.PAUSED) {
        LockSupport.park(this);
      } else if (now == State.RUNS && !window.hasRoom()) {
        window.rest();
      } else {
        sendNext(buffer);
      }
    }
  }

  private void sendNext(ByteBuffer buffer) {
    numbers.write(sent.get(), buffer);
    try {
      channel.send(buffer, target);
      sent.incrementAndGet();
    } catch (IOException isRefused) { // no route, no permission, no buffer: it was not sent
      refused.incrementAndGet();
      LockSupport.parkNanos(BREAK_NANOS);
    }
  }

  /** How much may be under way. The sender's. */
  private final class Window {

    private long settled;
    private long lastAnswered;
    private long lastProgress = System.nanoTime();
    private int burst;

    boolean hasRoom() {
      if (!isAnswered) {
        return ++burst % BURST != 0;
      }
      long now = System.nanoTime();
      long answers = answered.get();
      if (answers != lastAnswered) {
        settled += answers - lastAnswered;
        lastAnswered = answers;
        lastProgress = now;
      } else if (now - lastProgress > PATIENCE_NANOS) {
        settled = sent.get();
        lastProgress = now;
      }
      return sent.get() - settled < UNDER_WAY;
    }

    void rest() {
      LockSupport.parkNanos(isAnswered ? GLANCE_NANOS : BREAK_NANOS);
    }
  }

  // ---- the receiver

  private void receive() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    try {
      while (true) {
        buffer.clear();
        channel.receive(buffer);
        long number = numbers.read(buffer.flip());
        if (number < 0 || number > sent.get()) {
          corrupt.incrementAndGet();
        } else {
          answered.incrementAndGet();
          latestAnswer = Math.max(latestAnswer, number);
        }
      }
    } catch (ClosedChannelException end) {
      // it is closed
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
