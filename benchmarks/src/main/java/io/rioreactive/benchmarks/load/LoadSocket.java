package io.rioreactive.benchmarks.load;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** An IPv4 UDP socket of the load. */
final class LoadSocket implements AutoCloseable {

  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_UDP = 17;
  private static final int UDP_SEGMENT = 103;
  private static final int UDP_GRO = 104;

  private static final int SOCKADDR_BYTES = 16;
  private static final ValueLayout.OfShort NETWORK_SHORT =
      JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

  final int fd;

  private LoadSocket(int fd) {
    this.fd = fd;
  }

  /** One that sends to a port of 127.0.0.1 and hears it alone. */
  static LoadSocket connectedTo(int port) throws IOException {
    LoadSocket socket = open();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, 0x7F00_0001, port);
      Libc.check("connect", Libc.connect(socket.fd, address.address(), SOCKADDR_BYTES));
    }
    return socket;
  }

  /** One that hears all of 127.0.0.0/8 at a port that the system picks. */
  static LoadSocket boundToAny() throws IOException {
    LoadSocket socket = open();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, 0, 0);
      Libc.check("bind", Libc.bind(socket.fd, address.address(), SOCKADDR_BYTES));
    }
    return socket;
  }

  private static LoadSocket open() throws IOException {
    return new LoadSocket((int) Libc.check("socket", Libc.socket(AF_INET, SOCK_DGRAM, 0)));
  }

  private static MemorySegment address(Arena arena, int ip, int port) {
    MemorySegment address = arena.allocate(SOCKADDR_BYTES, 4);
    address.set(JAVA_SHORT, 0, (short) AF_INET);
    address.set(NETWORK_SHORT, 2, (short) port);
    address.set(JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN), 4, ip);
    return address;
  }

  int port() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, 0, 0);
      MemorySegment length = arena.allocateFrom(JAVA_INT, SOCKADDR_BYTES);
      Libc.check("getsockname", Libc.getsockname(fd, address.address(), length.address()));
      return Short.toUnsignedInt(address.get(NETWORK_SHORT, 2));
    }
  }

  /** Cuts what is sent into datagrams of so many bytes. Answers whether this system can. */
  boolean segment(int bytes) {
    return setInt(SOL_UDP, UDP_SEGMENT, bytes) >= 0;
  }

  /** Takes what comes together as one message. */
  void coalesce() throws IOException {
    Libc.check("setsockopt UDP_GRO", setInt(SOL_UDP, UDP_GRO, 1));
  }

  /** Asks for a receive buffer; the system gives what it allows. */
  void receiveBuffer(int bytes) {
    int ignored = setInt(SOL_SOCKET, SO_RCVBUF, bytes);
  }

  /** A receive that waits longer ends with EAGAIN. */
  void receiveTimeout(long nanos) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timeval = arena.allocate(16, 8);
      timeval.set(JAVA_LONG, 0, nanos / 1_000_000_000);
      timeval.set(JAVA_LONG, 8, nanos % 1_000_000_000 / 1_000);
      Libc.check(
          "setsockopt SO_RCVTIMEO",
          Libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeval.address(), 16));
    }
  }

  private int setInt(int level, int name, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocateFrom(JAVA_INT, value);
      return Libc.setsockopt(fd, level, name, pointer.address(), 4);
    }
  }

  /** Sends bytes as they are; a refusal that concerns an earlier datagram is no error. */
  void send(MemorySegment bytes, long length) throws IOException {
    while (true) {
      long sent = Libc.send(fd, bytes.address(), length, 0);
      if (sent >= 0) {
        return;
      }
      if (sent != -Libc.EINTR && sent != -Libc.ECONNREFUSED) {
        Libc.check("send", sent);
      }
    }
  }

  /** Sends one datagram that tells the contender to hold for a time. */
  void sendHold(int size, long nanos) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment datagram = arena.allocate(size, 8);
      datagram.fill((byte) 1);
      datagram.asSlice(0, 8).copyFrom(MemorySegment.ofArray(bigEndian(-nanos)));
      send(datagram, size);
    }
  }

  private static byte[] bigEndian(long value) {
    byte[] bytes = new byte[8];
    MemorySegment.ofArray(bytes)
        .set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 0, value);
    return bytes;
  }

  /** Payload of so many bytes whose first 8 are no order to hold. */
  static MemorySegment payload(Arena arena, long bytes) {
    MemorySegment payload = arena.allocate(bytes, 64);
    for (long i = 0; i < bytes; i++) {
      payload.set(JAVA_BYTE, i, (byte) 1);
    }
    return payload;
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
