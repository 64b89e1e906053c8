package io.rioreactive.samples.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpInbound;
import reactor.netty.udp.UdpServer;

/**
 * The sample {@code dns} with reactor-netty for its I/O, tuned as in the other benchmarks: epoll
 * with recvmmsg, 64 datagrams a call. One event loop, as the sample has one pump. It answers from
 * the same {@link Responder}, into buffers of Netty's pool.
 */
@Command(name = "dns-twin", description = "The sample dns with reactor-netty.")
public final class DnsTwin implements Callable<Integer> {

  @Mixin private DnsOptions options = new DnsOptions();

  DnsTwin() {}

  /** Takes the sample's options. */
  public static void main(String[] args) {
    System.exit(Dns.commandLine(new DnsTwin()).execute(args));
  }

  @Override
  public Integer call() throws ZoneFileException {
    Responder responder = options.responder();
    Connection connection =
        UdpServer.create()
            .runOn(LoopResources.create("dns", 1, true))
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, options.datagramSize())
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(64 * options.datagramSize()))
            .host(options.host())
            .port(options.port())
            .handle((in, out) -> out.sendObject(answers(in, responder)))
            .bindNow();
    InetSocketAddress local = (InetSocketAddress) connection.channel().localAddress();
    System.out.printf(
        "listening on %s:%d, %s%n",
        local.getAddress().getHostAddress(),
        local.getPort(),
        connection.channel().getClass().getSimpleName());
    connection.onDispose().block();
    return ExitCode.OK;
  }

  /** What reactor-netty has emitted it releases itself. */
  private static Flux<Object> answers(UdpInbound in, Responder responder) {
    return in.receiveObject()
        .cast(DatagramPacket.class)
        .handle(
            (question, sink) ->
                responder
                    .answer(question.content().nioBuffer())
                    .ifPresent(answer -> sink.next(reply(question, answer))));
  }

  private static DatagramPacket reply(DatagramPacket question, byte[] answer) {
    ByteBuf content = question.content().alloc().directBuffer(answer.length).writeBytes(answer);
    return new DatagramPacket(content, question.sender());
  }
}
