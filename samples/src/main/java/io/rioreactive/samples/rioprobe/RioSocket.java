package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Layouts;
import io.rioreactive.kernel.windows.RioFunctions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One datagram socket with a request queue, a completion queue of its own and cells. Request {@code
 * i} of either direction uses cell {@code i}. One thread.
 *
 * <p>Closing keeps the contract's order: the socket, then all that is outstanding, then the queue
 * and the registrations. If something stays outstanding the rest is left as it is.
 */
final class RioSocket implements AutoCloseable {

  static final int FLAGS = Constants.WSA_FLAG_OVERLAPPED | Constants.WSA_FLAG_REGISTERED_IO;

  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final long SEND = 1L << 32;
  private static final int WSA_IO_PENDING = 997;

  private final WindowsCalls calls;
  private final RioFunctions rio;
  private final MemorySegment payload;
  private final MemorySegment address;
  private final MemorySegment control;
  private final MemorySegment result;
  private final Cells cells;
  private final long socket;
  private final long completionQueue;
  private long requestQueue;
  private int outstanding;
  private int falseAndPending;
  private int port;

  /**
   * Opens a socket with a completion queue and cells; it is not bound and has no request queue yet.
   *
   * @param requests the most requests, both directions together
   * @param notification address of a {@code RIO_NOTIFICATION_COMPLETION}, 0 to poll
   */
  RioSocket(WindowsCalls calls, int requests, int flags, long notification) throws IOException {
    this.calls = calls;
    rio = calls.rio();
    payload = calls.memory.allocate(Layouts.RIO_BUF.layout());
    address = calls.memory.allocate(Layouts.RIO_BUF.layout());
    control = calls.memory.allocate(Layouts.RIO_BUF.layout());
    result = calls.memory.allocate(Layouts.RIORESULT.layout());
    cells = new Cells(rio, calls.memory, requests);
    socket = calls.tryOpen(flags);
    if (socket < 0) {
      cells.deregister();
      WindowsCalls.succeeded("WSASocketW", socket);
    }
    completionQueue = rio.RIOCreateCompletionQueue(completionQueueSize(requests), notification);
    if (completionQueue == Constants.RIO_INVALID_CQ) {
      int code = rio.error();
      cells.deregister();
      calls.winsock.closesocket(socket);
      throw new IOException("RIOCreateCompletionQueue failed with " + WindowsCalls.text(code));
    }
  }

  /** Room for two request queues: a second one is not to fail for want of it. */
  static int completionQueueSize(int requests) {
    return 2 * (requests + requests);
  }

  /** A bound socket with a request queue, as a server has it. */
  static RioSocket bound(WindowsCalls calls, int requests) throws IOException {
    return ready(new RioSocket(calls, requests, FLAGS, Constants.NULL), requests);
  }

  /** Binds the socket and makes its request queue. */
  static RioSocket ready(RioSocket socket, int requests) throws IOException {
    try {
      socket.bind();
      int code = socket.createRequestQueue(requests);
      if (code != 0) {
        throw new IOException("RIOCreateRequestQueue failed with " + WindowsCalls.text(code));
      }
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Binds to a free port of the loopback address. */
  void bind() throws IOException {
    port = calls.bind(socket);
  }

  /** Makes the request queue, or a second one: 0, or the error code. */
  int createRequestQueue(int requests) {
    long queue =
        rio.RIOCreateRequestQueue(
            socket, requests, 1, requests, 1, completionQueue, completionQueue, 0);
    if (queue == Constants.RIO_INVALID_RQ) {
      return rio.error();
    }
    if (requestQueue == Constants.RIO_INVALID_RQ) {
      requestQueue = queue;
    }
    return 0;
  }

  long handle() {
    return socket;
  }

  long completionQueue() {
    return completionQueue;
  }

  RioFunctions functions() {
    return rio;
  }

  Cells cells() {
    return cells;
  }

  int port() {
    return port;
  }

  /** How many requests were started by an answer of FALSE with 997. */
  int falseAndPending() {
    return falseAndPending;
  }

  /** Posts a receive: 0, or the error code. */
  int postReceive(int cell, int length) {
    return postReceive(cell, length, Cells.ADDRESS_LENGTH, 0);
  }

  /** Posts a receive with slices of these lengths; control data only if that is not 0. */
  int postReceive(int cell, int length, int addressLength, int controlLength) {
    return accepted(
        rio.RIOReceiveEx(
            requestQueue,
            cells.describePayload(payload, cell, length),
            1,
            Constants.NULL,
            cells.describeAddress(address, cell, addressLength),
            controlLength == 0
                ? Constants.NULL
                : cells.describeControl(control, cell, controlLength),
            Constants.NULL,
            0,
            cell));
  }

  /** Posts a receive that must be accepted for the question to be put. */
  void receive(int cell, int length) throws IOException {
    WindowsCalls.succeeded("RIOReceiveEx", -postReceive(cell, length));
  }

  /** Posts a send to a port of the loopback address. */
  void send(int cell, int length, int toPort) throws IOException {
    LoopbackAddress.write(cells.address(cell), toPort);
    send(cell, length, cells.describeAddress(address, cell, Cells.ADDRESS_LENGTH));
  }

  /** Posts a send to the peer of a connected socket. */
  void sendToPeer(int cell, int length) throws IOException {
    send(cell, length, Constants.NULL);
  }

  private void send(int cell, int length, long remoteAddress) throws IOException {
    int code =
        accepted(
            rio.RIOSendEx(
                requestQueue,
                cells.describePayload(payload, cell, length),
                1,
                Constants.NULL,
                remoteAddress,
                Constants.NULL,
                Constants.NULL,
                0,
                SEND | cell));
    WindowsCalls.succeeded("RIOSendEx", -code);
  }

  private int accepted(int code) {
    if (code == 0 || code == WSA_IO_PENDING) {
      outstanding++;
    }
    if (code == WSA_IO_PENDING) {
      falseAndPending++;
      return 0;
    }
    return code;
  }

  /** The next completion; null if none comes within 2 s. */
  @Nullable Completion next() throws IOException {
    return next(SOON);
  }

  /** The next completion; null if none comes in time. */
  @Nullable Completion next(Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    do {
      int count = rio.RIODequeueCompletion(completionQueue, result.address(), 1);
      if (count == Constants.RIO_CORRUPT_CQ) {
        throw new IOException("RIODequeueCompletion says RIO_CORRUPT_CQ");
      }
      if (count == 1) {
        outstanding--;
        return read();
      }
      Pause.sleep(1);
    } while (System.nanoTime() < deadline);
    return null;
  }

  private Completion read() {
    long context = result.get(JAVA_LONG, Layouts.RIORESULT.offset("RequestContext"));
    return new Completion(
        result.get(JAVA_INT, Layouts.RIORESULT.offset("Status")),
        result.get(JAVA_INT, Layouts.RIORESULT.offset("BytesTransferred")),
        (int) context,
        (context & SEND) != 0);
  }

  @Override
  public void close() throws IOException {
    calls.winsock.closesocket(socket);
    long deadline = System.nanoTime() + DRAIN.toNanos();
    while (outstanding > 0 && System.nanoTime() < deadline) {
      next(Duration.ofMillis(100));
    }
    if (outstanding > 0) {
      throw new IOException(
          outstanding + " requests did not come back within 5 s of closesocket; left as they are");
    }
    rio.RIOCloseCompletionQueue(completionQueue);
    cells.deregister();
  }
}
