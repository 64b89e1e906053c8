package io.rioreactive.test.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On Windows SO_REUSEADDR lets a socket take the port of another that did not ask for it, and with
 * it the datagrams. A server's port is its own.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class ExclusivePortTest {

  @ParameterizedTest
  @ValueSource(strings = {"windows-rio", "windows-iocp"})
  void nobodyTakesThePortOfAServer(String provider) throws IOException {
    Needs.provider(provider);
    RioUdpServer server = RioUdpServer.create().host("127.0.0.1").provider(provider);
    RioConnection echo = server.handle((in, out) -> out.send(in.receive())).bindNow();
    try (LoopbackPeer peer = new LoopbackPeer();
        DatagramSocket thief = new DatagramSocket(null)) {
      thief.setReuseAddress(true);

      assertThatThrownBy(() -> thief.bind(echo.localAddress())).isInstanceOf(BindException.class);
      assertThatThrownBy(
              () ->
                  server
                      .option(StandardSocketOptions.SO_REUSEADDR, true)
                      .port(echo.localAddress().getPort())
                      .bindNow())
          .hasCauseInstanceOf(BindException.class);

      assertThat(peer.ask("hello", echo.localAddress())).isEqualTo("hello");
    } finally {
      echo.disposeNow();
    }
  }
}
