package io.rioreactive.benchmarks.contender;

import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpServer;

/** reactor-netty with the options of {@link NettyEpollCoalesced}. */
final class ReactorNettyEpollCoalesced implements Contender {

  private ReactorNettyEpollCoalesced() {}

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(new ReactorNettyEpollCoalesced(), args);
  }

  @Override
  public Service start(Task task, Tally tally) {
    UdpServer server =
        UdpServer.create()
            .runOn(LoopResources.create("one", 1, true))
            .option(EpollChannelOption.UDP_GRO, true)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(NettyEpollCoalesced.MESSAGE));
    return ReactorNettyServers.bind(server, task, tally);
  }
}
