package io.rioreactive.benchmarks.contender;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.udp.UdpInbound;
import reactor.netty.udp.UdpOutbound;
import reactor.netty.udp.UdpServer;

/**
 * What reactor-netty's contenders have in common: a handler as its reference guide shows it, with
 * {@code receiveObject} since {@code receive} loses the sender.
 */
final class ReactorNettyServers {

  private final Task task;
  private final Tally tally;

  private ReactorNettyServers(Task task, Tally tally) {
    this.task = task;
    this.tally = tally;
  }

  /** Binds the sockets of a task, all on the loops that the server names. */
  static Contender.Service bind(UdpServer server, Task task, Tally tally) {
    ReactorNettyServers handler = new ReactorNettyServers(task, tally);
    UdpServer bound = server.host("127.0.0.1").port(0).handle(handler::handle);
    if (task.receiveBuffer() > 0) {
      bound = bound.option(ChannelOption.SO_RCVBUF, task.receiveBuffer());
    }
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < task.sockets(); i++) {
      connections.add(bound.bindNow());
    }
    return new NettyService(
        connections.stream().map(Connection::channel).toList(),
        turns -> handler.send(connections.getFirst().outbound(), turns));
  }

  private Publisher<Void> handle(UdpInbound in, UdpOutbound out) {
    return switch (task.kind()) {
      case ECHO -> out.sendObject(in.receiveObject().map(this::reply));
      case SLOW ->
          in.receiveObject()
              .doOnNext(ReferenceCountUtil::retain)
              .publishOn(Schedulers.single(), 1)
              .doOnNext(this::takeTime)
              .then();
      default -> in.receiveObject().doOnNext(this::count).then();
    };
  }

  /** The same bytes for all of them, counted once each. */
  private void send(NettyOutbound out, Turns turns) {
    ByteBuf payload = NettySends.payload(task.size());
    out.sendObject(
            Flux.fromIterable(turns)
                .map(target -> new DatagramPacket(payload.retainedDuplicate(), target)))
        .then()
        .block();
    payload.release();
  }

  private void count(Object received) {
    ByteBuf content = ((DatagramPacket) received).content();
    tally.onDatagram(content.getLong(content.readerIndex()));
  }

  private void takeTime(Object received) {
    ByteBuf content = ((DatagramPacket) received).content();
    tally.onSlowDatagram(content.getLong(content.readerIndex()));
    content.release();
  }

  /** The same buffer, kept for the send: reactor-netty releases what it has emitted. */
  private Object reply(Object received) {
    count(received);
    DatagramPacket packet = (DatagramPacket) received;
    NettyHandler.flip(packet.content(), task);
    tally.onReply();
    InetSocketAddress sender = packet.sender();
    return new DatagramPacket(packet.content().retain(), sender);
  }
}
