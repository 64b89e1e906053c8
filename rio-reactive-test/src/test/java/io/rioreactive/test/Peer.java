package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetSocketAddress;

/** Somebody who exchanges datagrams with a connection under test. One thread at a time. */
public interface Peer extends AutoCloseable {

  InetSocketAddress address();

  void send(byte[] payload, InetSocketAddress to);

  /** The next datagram for this peer; fails if none comes in ten seconds. */
  byte[] receive();

  @Override
  void close();

  default void send(String text, InetSocketAddress to) {
    send(text.getBytes(UTF_8), to);
  }

  default String receiveText() {
    return new String(receive(), UTF_8);
  }

  /** Sends a text and answers what comes back. */
  default String ask(String text, InetSocketAddress to) {
    send(text, to);
    return receiveText();
  }
}
