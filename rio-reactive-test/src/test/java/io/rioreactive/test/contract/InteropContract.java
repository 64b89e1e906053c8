package io.rioreactive.test.contract;

import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.LOOPBACK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The JDK's own sockets on the other side. */
interface InteropContract extends OnTestbed {

  private static InetSocketAddress free() {
    return new InetSocketAddress(LOOPBACK, 0);
  }

  @Test
  default void aConnectedDatagramSocketAsksAndIsAnswered() throws IOException {
    RioConnection echo = testbed().echo(testbed().server());
    try (DatagramSocket socket = new DatagramSocket(free())) {
      socket.setSoTimeout((int) LONG.toMillis());
      socket.connect(echo.localAddress()); // takes answers from there only
      socket.send(new DatagramPacket("hello".getBytes(UTF_8), 5));

      DatagramPacket answer = new DatagramPacket(new byte[10], 10);
      socket.receive(answer);

      assertThat(new String(answer.getData(), 0, answer.getLength(), UTF_8)).isEqualTo("hello");
      assertThat(answer.getSocketAddress()).isEqualTo(echo.localAddress());
    }
  }

  @Test
  default void aDatagramSocketIsSpokenToFirst() throws IOException {
    RioConnection connection = testbed().bind(testbed().server());
    try (DatagramSocket socket = new DatagramSocket(free())) {
      socket.setSoTimeout((int) LONG.toMillis());
      connection
          .send(Mono.just(Datagram.to((InetSocketAddress) socket.getLocalSocketAddress(), "hello")))
          .block(LONG);

      DatagramPacket asked = new DatagramPacket(new byte[10], 10);
      socket.receive(asked);
      assertThat(asked.getSocketAddress()).isEqualTo(connection.localAddress());
      socket.send(asked);

      assertThat(connection.next().block(LONG))
          .isEqualTo(Datagram.to((InetSocketAddress) socket.getLocalSocketAddress(), "hello"));
    }
  }

  @Test
  default void aDatagramChannelAsksAndIsAnswered() throws IOException {
    RioConnection echo = testbed().echo(testbed().server());
    try (DatagramChannel channel = DatagramChannel.open().bind(free())) {
      channel.send(ByteBuffer.wrap("hello".getBytes(UTF_8)), echo.localAddress());

      ByteBuffer answer = ByteBuffer.allocate(10);
      assertThat(channel.receive(answer)).isEqualTo(echo.localAddress());
      assertThat(UTF_8.decode(answer.flip()).toString()).isEqualTo("hello");
    }
  }

  @Test
  default void aDatagramChannelIsSpokenToFirst() throws IOException {
    RioConnection connection = testbed().bind(testbed().server());
    try (DatagramChannel channel = DatagramChannel.open().bind(free())) {
      connection
          .send(Mono.just(Datagram.to((InetSocketAddress) channel.getLocalAddress(), "hello")))
          .block(LONG);

      ByteBuffer asked = ByteBuffer.allocate(10);
      assertThat(channel.receive(asked)).isEqualTo(connection.localAddress());
      channel.send(asked.flip(), connection.localAddress());

      assertThat(connection.next().block(LONG))
          .isEqualTo(Datagram.to((InetSocketAddress) channel.getLocalAddress(), "hello"));
    }
  }
}
