package io.rioreactive.samples.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.socket.DatagramPacket;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Import;
import reactor.netty.Connection;
import reactor.netty.udp.UdpServer;

/**
 * The sample {@code webflux} with reactor-netty's UdpServer where it has the starter. It binds at
 * the same point of the start and has meters too; a health contributor and a drain it has not, as
 * reactor-netty brings none.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({DatagramFeed.class, DatagramController.class, WebfluxTwin.EchoServer.class})
public class WebfluxTwin {

  /** Takes the sample's options. */
  public static void main(String[] args) {
    SpringApplication.run(WebfluxTwin.class, args);
  }

  static class EchoServer implements SmartLifecycle {

    private final UdpServer server;
    private @Nullable Connection connection;

    EchoServer(@Value("${rio.udp.server.port}") int port, DatagramFeed feed) {
      server =
          UdpServer.create()
              .host("127.0.0.1")
              .port(port)
              .metrics(true)
              .handle(
                  (in, out) ->
                      out.sendObject(in.receiveObject().map(received -> echo(received, feed))));
    }

    private static Object echo(Object received, DatagramFeed feed) {
      DatagramPacket packet = (DatagramPacket) received;
      feed.publish(
          new Received(
              packet.sender(), packet.content().readableBytes(), packet.content().toString(UTF_8)));
      return new DatagramPacket(packet.content().retain(), packet.sender());
    }

    @Override
    public void start() {
      connection = server.bindNow();
    }

    @Override
    public void stop() {
      if (connection != null) {
        connection.disposeNow();
        connection = null;
      }
    }

    @Override
    public boolean isRunning() {
      return connection != null;
    }
  }
}
