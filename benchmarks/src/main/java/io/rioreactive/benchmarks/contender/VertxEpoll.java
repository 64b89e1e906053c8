package io.rioreactive.benchmarks.contender;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Vert.x on its native transport, epoll, as its docs advise on Linux ("Native transports"). Its
 * DatagramSocketOptions have no setting for recvmmsg. All sockets of a task share one event loop.
 */
final class VertxEpoll implements Contender {

  private VertxEpoll() {}

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(new VertxEpoll(), args);
  }

  @Override
  public Service start(Task task, Tally tally) {
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(1))
            .withTransport(Transport.EPOLL)
            .build();
    DatagramSocketOptions options = new DatagramSocketOptions();
    if (task.receiveBuffer() > 0) {
      options.setReceiveBufferSize(task.receiveBuffer());
    }
    List<DatagramSocket> sockets = new ArrayList<>();
    for (int i = 0; i < task.sockets(); i++) {
      CompletableFuture<DatagramSocket> bound = new CompletableFuture<>();
      vertx.runOnContext(ignored -> listen(vertx, options, task, tally, bound));
      sockets.add(bound.join());
    }
    return new Service() {
      @Override
      public List<Integer> ports() {
        return sockets.stream().map(socket -> socket.localAddress().port()).toList();
      }

      @Override
      public void send(Turns turns) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Iterator<InetSocketAddress> targets = turns.iterator();
        Buffer payload = Buffer.buffer(new byte[task.size()]);
        vertx.runOnContext(ignored -> sendBatch(vertx, sockets.getFirst(), payload, targets, done));
        done.join();
      }

      @Override
      public String transport() {
        return vertx.isNativeTransportEnabled() ? "epoll" : "nio";
      }
    };
  }

  private static void listen(
      Vertx vertx,
      DatagramSocketOptions options,
      Task task,
      Tally tally,
      CompletableFuture<DatagramSocket> bound) {
    DatagramSocket socket = vertx.createDatagramSocket(options);
    socket.handler(packet -> onPacket(socket, packet, task, tally));
    socket
        .listen(0, "127.0.0.1")
        .onSuccess(bound::complete)
        .onFailure(bound::completeExceptionally);
  }

  /**
   * 64 sends, and the next when the last of them is done: its API has no other limit. The next ones
   * start from the event loop, since a send that is done at once would deepen the stack each time.
   */
  private static void sendBatch(
      Vertx vertx,
      DatagramSocket socket,
      Buffer payload,
      Iterator<InetSocketAddress> targets,
      CompletableFuture<Void> done) {
    Future<Void> last = Future.succeededFuture();
    for (int i = 0; i < 64 && targets.hasNext(); i++) {
      InetSocketAddress target = targets.next();
      last = socket.send(payload, target.getPort(), target.getHostString());
    }
    last.onFailure(done::completeExceptionally)
        .onSuccess(
            ignored -> {
              if (targets.hasNext()) {
                vertx.runOnContext(next -> sendBatch(vertx, socket, payload, targets, done));
              } else {
                done.complete(null);
              }
            });
  }

  private static void onPacket(
      DatagramSocket socket, DatagramPacket packet, Task task, Tally tally) {
    Buffer data = packet.data();
    tally.on(task, data.getLong(0));
    if (task.isEcho()) {
      if (task.flipMask() != 0) {
        data.setByte(task.flipIndex(), (byte) (data.getByte(task.flipIndex()) ^ task.flipMask()));
      }
      socket.send(data, packet.sender().port(), packet.sender().host());
      tally.onReply();
    }
  }
}
