package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One element of a send, and what has become of it. */
final class Element {

  /** What is wrong with it. */
  enum Sort {
    GOOD,
    TOO_LONG,
    BAD_ADDRESS,
    ENCODER_THROWS
  }

  /** Where it is. */
  enum Fate {
    NEW,
    WAITING,
    ENCODED,
    POSTED,
    SENT,
    FAILED,
    DISCARDED
  }

  static final InetSocketAddress TARGET =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711);
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 0);
  private static final int ID_LENGTH = 6;

  private final int id;
  private final Sort sort;
  private final @Nullable ModelSend send;
  private final ModelConnection connection;
  Fate fate = Fate.NEW;

  Element(int id, Sort sort, @Nullable ModelSend send, ModelConnection connection) {
    this.id = id;
    this.sort = sort;
    this.send = send;
    this.connection = connection;
  }

  int id() {
    return id;
  }

  Sort sort() {
    return sort;
  }

  @Nullable ModelSend send() {
    return send;
  }

  ModelConnection connection() {
    return connection;
  }

  /** Its payload: the id, and a tail whose length depends on it. */
  byte[] bytes() {
    String text = "%06d".formatted(id) + "reply".substring(0, id % 6);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static int idOf(byte[] bytes) {
    try {
      return Integer.parseInt(new String(bytes, 0, ID_LENGTH, StandardCharsets.UTF_8));
    } catch (RuntimeException notOurs) {
      return -1;
    }
  }

  Datagram datagram() {
    return connection.isClient() ? Datagram.of(bytes()) : Datagram.to(TARGET, bytes());
  }

  /** As the application's encoder. */
  void encode(DatagramWriter writer) {
    switch (sort) {
      case ENCODER_THROWS -> throw new IllegalStateException("the encoder throws");
      case BAD_ADDRESS -> writer.remoteAddress(NOWHERE).put(bytes());
      case TOO_LONG ->
          writer.remoteAddress(TARGET).put(new byte[ModelConnection.DATAGRAM_SIZE + 1]);
      case GOOD -> {
        if (!connection.isClient()) {
          writer.remoteAddress(TARGET);
        }
        writer.put(bytes());
      }
    }
  }

  @Override
  public String toString() {
    return "element " + id + " (" + sort + ", " + fate + ")";
  }
}
